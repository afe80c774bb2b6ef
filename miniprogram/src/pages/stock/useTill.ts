import { onUnload } from '@dcloudio/uni-app'
import { computed, ref, shallowRef } from 'vue'
import { api } from '@/api/client'
import type { ExchangeJob } from '@/api/types'
import { tell, useAction } from '@/composables/useAction'
import { useLive } from '@/composables/useLive'
import { chooseTable } from '@/platform/choose-file'
import { uploadTable } from '@/platform/files'
import { messageOf } from '@shared/problem'

/** Where no live news come through, it is asked this often. */
const ASK_MS = 2_000

/** A till's file from the phone to the sales that it holds: read and checked by the server, written when it is agreed to. */
export function useTill() {
  const job = shallowRef<ExchangeJob | null>(null)
  const uploading = ref(false)
  const { busy, run } = useAction()
  const working = computed(() => job.value !== null && ['queued', 'running'].includes(job.value.state))
  let timer: ReturnType<typeof setTimeout> | undefined

  function watchJob(now: ExchangeJob): void {
    job.value = now
    clearTimeout(timer)
    if (['queued', 'running'].includes(now.state)) timer = setTimeout(() => void ask(), ASK_MS)
  }

  async function ask(): Promise<void> {
    const id = job.value?.id
    if (!id) return
    try {
      const now = await api.get('/api/v1/exchange/jobs/{job_id}', { path: { job_id: id } })
      if (job.value?.id === id) watchJob(now)
    } catch {
      // The network is away for a moment: the job goes on, and is asked for again.
      timer = setTimeout(() => void ask(), ASK_MS)
    }
  }

  async function choose(): Promise<void> {
    if (uploading.value) return
    const chosen = await chooseTable()
    if (!chosen) return
    uploading.value = true
    try {
      watchJob(await uploadTable('till', chosen))
    } catch (problem) {
      tell(messageOf(problem))
    } finally {
      uploading.value = false
    }
  }

  async function confirm(): Promise<void> {
    const id = job.value?.id
    if (!id) return
    const now = await run((idempotencyKey) => api.post('/api/v1/exchange/jobs/{job_id}/confirm', { path: { job_id: id }, idempotencyKey }), { sameAs: `confirm:${id}` })
    if (now) watchJob(now)
  }

  async function drop(): Promise<void> {
    const id = job.value?.id
    if (id && (await run((idempotencyKey) => api.post('/api/v1/exchange/jobs/{job_id}/cancel', { path: { job_id: id }, idempotencyKey }), { sameAs: `drop:${id}` }))) job.value = null
  }

  useLive((event) => event.kind === 'other' && event.name === 'exchange' && event.data.id === job.value?.id, () => void ask())
  onUnload(() => clearTimeout(timer))

  return { job, working, uploading, busy, choose, confirm, drop, open: watchJob }
}
