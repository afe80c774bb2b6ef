import { computed, ref, shallowRef } from 'vue'
import { api } from '@/api/client'
import { messageOf } from '@shared/problem'
import type { GoodsIssue, OrderLine } from '@/api/types'
import { allComplete, differencesOf, type Counted, type Counts, toReceivedLines } from '@/domain/receipt'
import { uploadPhoto } from '@/platform/files'
import { forget, load as stored, save } from '@/platform/storage'
import { ownKey } from '@/state/session'
import { t } from '@/texts'
import { tell, useAction } from './useAction'
import type { Phase } from './useList'

export const MAX_PHOTOS = 6

/** A photo on its way to the server, or there. */
export interface Photo {
  /** What the device shows until the app is closed. */
  path: string
  id: number | null
}

interface Draft {
  counts: Counts
  note: string
  photos: number[]
}

/** The counting of one delivery, kept on the device while it goes on: someone always rings in between. */
export function useReceipt() {
  const issue = shallowRef<GoodsIssue | null>(null)
  const pictures = shallowRef<ReadonlyMap<number, OrderLine>>(new Map())
  const phase = ref<Phase>('loading')
  const error = ref('')
  const counts = ref<Counts>({})
  const note = ref('')
  const photos = ref<Photo[]>([])
  const { busy, run } = useAction()
  let issueId = 0

  const lines = computed(() => issue.value?.lines ?? [])
  const differences = computed(() => differencesOf(lines.value, counts.value))
  const uploading = computed(() => photos.value.some((photo) => photo.id === null))
  const key = () => `${ownKey('receive')}:${issueId}`

  async function open(id: number): Promise<void> {
    issueId = id
    phase.value = 'loading'
    try {
      const read = await api.get('/api/v1/goods-issues/{issue_id}', { path: { issue_id: id } })
      restore(read)
      issue.value = read
      phase.value = 'ready'
      void readPictures(read.order_id)
    } catch (problem) {
      error.value = messageOf(problem)
      phase.value = 'error'
    }
  }

  /** The counts so far, where this delivery was begun to be counted before. */
  function restore(read: GoodsIssue): void {
    const draft = stored<Draft>(key())
    counts.value = { ...allComplete(read.lines), ...draft?.counts }
    note.value = draft?.note ?? ''
    photos.value = (draft?.photos ?? []).map((photo) => ({ path: '', id: photo }))
  }

  async function readPictures(orderId: number): Promise<void> {
    try {
      const order = await api.get('/api/v1/orders/{order_id}', { path: { order_id: orderId } })
      pictures.value = new Map(order.lines.map((line) => [line.line_no, line]))
    } catch {
      // Counting goes without pictures.
    }
  }

  function keep(): void {
    const ids = photos.value.flatMap((photo) => (photo.id === null ? [] : [photo.id]))
    save(key(), { counts: counts.value, note: note.value, photos: ids } satisfies Draft)
  }

  function count(lineNo: number, counted: Counted): void {
    counts.value = { ...counts.value, [lineNo]: counted }
    keep()
  }

  async function add(path: string): Promise<void> {
    photos.value = [...photos.value, { path, id: null }]
    try {
      const id = await uploadPhoto(path)
      photos.value = photos.value.map((photo) => (photo.path === path ? { path, id } : photo))
      keep()
    } catch (problem) {
      photos.value = photos.value.filter((photo) => photo.path !== path)
      tell(t.common.colon(t.receive.uploadFailed, messageOf(problem)))
    }
  }

  function remove(photo: Photo): void {
    photos.value = photos.value.filter((other) => other !== photo)
    keep()
  }

  async function sign(): Promise<boolean> {
    const body = {
      lines: toReceivedLines(lines.value, counts.value),
      note: note.value.trim(),
      photo_ids: photos.value.flatMap((photo) => (photo.id === null ? [] : [photo.id])),
    }
    const signed = await run((idempotencyKey) => api.post('/api/v1/goods-issues/{issue_id}/receive', { path: { issue_id: issueId }, body, idempotencyKey }), {
      done: t.receive.done,
      sameAs: JSON.stringify(body),
      failed: (problem) => {
        // Somebody else signed meanwhile: the page shows it.
        if (problem.status === 409) void open(issueId)
        return false
      },
    })
    if (signed) forget(key())
    return signed !== undefined
  }

  return { issue, pictures, lines, phase, error, counts, note, photos, differences, uploading, busy, open, count, keep, add, remove, sign, again: () => open(issueId) }
}
