import { computed, reactive, ref } from 'vue'
import { api } from '@/api/client'
import type { Return, Returnable } from '@/api/types'
import { uploadPhoto } from '@/platform/files'
import { t } from '@/texts'
import { partFen } from '@shared/money'
import { messageOf } from '@shared/problem'
import { tell, useAction } from './useAction'
import { useDraft } from './useDraft'

export type ReturnReason = 'damaged' | 'expired' | 'recalled' | 'wrong'

/** A line that is being written: what, how many, why, with which pictures. */
export interface DraftLine {
  item: Returnable
  qty: number
  reason: ReturnReason
  note: string
  lot_id: number | null
  photos: { path: string; id: number | null }[]
}

interface Form {
  lines: DraftLine[]
  note: string
  warehouse_id: number | null
}

/** A return that is being written; kept on the device until it is sent. */
export function useReturnDraft() {
  const form = reactive<Form>({ lines: [], note: '', warehouse_id: null })
  const draft = useDraft('return', form)
  const refusals = ref<ReadonlyMap<number, string>>(new Map())
  const { busy, run } = useAction()

  const fen = computed(() => form.lines.reduce((sum, line) => sum + partFen(line.item.paid_fen, line.qty, line.item.bought_qty), 0))
  const uploading = computed(() => form.lines.some((line) => line.photos.some((photo) => photo.id === null && photo.path)))

  function open(): void {
    draft.open()
    // What was on its way when the app was closed did not arrive, and its path is gone.
    for (const line of form.lines) line.photos = line.photos.filter((photo) => photo.id !== null).map(({ id }) => ({ path: '', id }))
  }

  function lineOf(productId: number): DraftLine | undefined {
    return form.lines.find((line) => line.item.product_id === productId)
  }

  /** Sets how many of a product go back; none takes the line away. A called-back lot goes back as that. */
  function put(item: Returnable, qty: number): void {
    refusals.value = new Map()
    const known = lineOf(item.product_id)
    if (qty <= 0) form.lines = form.lines.filter((line) => line !== known)
    else if (known) known.qty = Math.min(qty, item.most_qty)
    else form.lines.push({ item, qty: Math.min(qty, item.most_qty), reason: reasonOf(item), note: '', lot_id: null, photos: [] })
  }

  function reasonOf(item: Returnable): ReturnReason {
    if (item.lots.every((lot) => lot.recalled)) return 'recalled'
    return item.lots.every((lot) => lot.expired) ? 'expired' : 'damaged'
  }

  async function addPhoto(line: DraftLine, path: string): Promise<void> {
    line.photos.push({ path, id: null })
    try {
      const id = await uploadPhoto(path)
      line.photos = line.photos.map((photo) => (photo.path === path ? { path, id } : photo))
    } catch (problem) {
      line.photos = line.photos.filter((photo) => photo.path !== path)
      tell(t.common.colon(t.receive.uploadFailed, messageOf(problem)))
    }
  }

  async function send(): Promise<Return | undefined> {
    const lines = form.lines.map(({ item, qty, reason, note, lot_id, photos }) => ({
      product_id: item.product_id, qty, reason, note: note.trim(), lot_id, photo_ids: photos.flatMap(({ id }) => (id === null ? [] : [id])),
    }))
    const body = { lines, note: form.note.trim(), ...(form.warehouse_id ? { warehouse_id: form.warehouse_id } : {}) }
    const made = await run((idempotencyKey) => api.post('/api/v1/returns', { body, idempotencyKey }), {
      sameAs: JSON.stringify(body),
      failed: (problem) => {
        refusals.value = problem.lineErrors()
        return false
      },
    })
    if (made) draft.clear()
    return made
  }

  return { form, restored: draft.restored, clear: draft.clear, open, put, lineOf, addPhoto, send, fen, uploading, refusals, busy }
}
