import { ref } from 'vue'
import { api } from '@/api/client'
import { messageOf } from '@shared/problem'
import type { Address } from '@/api/types'
import { load, save } from '@/platform/storage'
import { ownKey } from './session'

const addresses = ref<Address[]>([])
const phase = ref<'loading' | 'ready' | 'error'>('loading')
const error = ref('')

/** Reads the own addresses; without network those that were read last, so that an order can be written offline. */
export async function readAddresses(): Promise<void> {
  const key = ownKey('addresses')
  try {
    addresses.value = (await api.get('/api/v1/addresses')).items
    save(key, addresses.value)
    phase.value = 'ready'
  } catch (problem) {
    addresses.value = load<Address[]>(key) ?? []
    error.value = messageOf(problem)
    phase.value = addresses.value.length > 0 ? 'ready' : 'error'
  }
}

export function useAddresses() {
  return { addresses, phase, error, readAddresses }
}
