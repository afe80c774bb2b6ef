import { onLoad } from '@dcloudio/uni-app'
import { ref } from 'vue'
import { api } from '@/api/client'
import type { Transfer } from '@/api/types'
import { useLive } from '@/composables/useLive'
import { useSeen } from '@/composables/useSeen'

/** The transfer that a page is about (`?id=`), asked again whenever something happens to it. */
export function useTransfer(loaded?: (transfer: Transfer) => void) {
  const id = ref(0)
  const seen = useSeen<Transfer>(() => `transfer:${id.value}`, () => api.get('/api/v1/transfers/{transfer_id}', { path: { transfer_id: id.value } }))

  async function load(): Promise<void> {
    await seen.load()
    if (seen.data.value) loaded?.(seen.data.value)
  }

  onLoad((query) => {
    id.value = Number(query?.id ?? 0)
    void load()
  })
  useLive((event) => event.kind === 'other' && event.name === 'transfer' && event.data.id === id.value, () => void load())

  return { id, transfer: seen.data, phase: seen.phase, error: seen.error, staleSince: seen.staleSince, load }
}
