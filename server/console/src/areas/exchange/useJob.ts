import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { answer, api } from '@/api/client'
import { messageOf } from '@shared/problem'
import { onLive } from '@/live/live'
import { isUnderWay, type Job } from './words'

const POLL_MS = 1_500

/** A job as it goes on: told live, and asked for while it is under way, so that a lost message costs a moment only. */
export function useJob(id: () => number | null): { job: Ref<Job | null>; error: Ref<string>; load: () => Promise<void> } {
  const job = ref<Job | null>(null)
  const error = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    clearTimeout(timer)
    const asked = id()
    if (asked === null) return
    try {
      const found = await answer(api.GET('/api/v1/exchange/jobs/{job_id}', { params: { path: { job_id: asked } } }))
      if (asked !== id()) return
      job.value = found
      error.value = ''
    } catch (problem) {
      error.value = messageOf(problem)
    }
    if (asked === id() && (!job.value || isUnderWay(job.value))) timer = setTimeout(() => void load(), POLL_MS)
  }

  watch(id, (now) => {
    job.value = null
    if (now !== null) void load()
  }, { immediate: true })
  const stop = onLive((event) => {
    if (event.kind === 'resync' || (event.kind === 'other' && event.name === 'exchange' && event.data.id === id())) void load()
  })
  onScopeDispose(() => {
    clearTimeout(timer)
    stop()
  })
  return { job, error, load }
}
