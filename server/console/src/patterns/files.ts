import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { download } from '@/api/client'
import { isAborted, messageOf } from '@shared/problem'

const MEGABYTE = 1024 * 1024

/** Kinds of files with the names that people know them by. */
export const KINDS = {
  picture: { accept: ['image/jpeg', 'image/png', 'image/webp'], words: 'JPG、PNG、WebP 图片' },
  document: { accept: ['image/jpeg', 'image/png', 'image/webp', 'application/pdf'], words: 'JPG、PNG 图片或 PDF' },
  workbook: { accept: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'], words: 'Excel 工作簿（.xlsx）' },
} as const
export type FileKind = keyof typeof KINDS

/** "3.2 MB", "640 KB". */
export function sizeText(bytes: number): string {
  return bytes >= MEGABYTE ? `${(bytes / MEGABYTE).toFixed(1).replace(/\.0$/, '')} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`
}

/** Whether a chosen file is of a kind; a browser that knows no type is asked by the name's ending. */
export function isOfKind(file: Pick<File, 'type' | 'name'>, kind: FileKind): boolean {
  const accepted: readonly string[] = KINDS[kind].accept
  if (file.type) return accepted.includes(file.type)
  return kind === 'workbook' && /\.xlsx$/i.test(file.name)
}

/** A file of the API as an address that <img> and <iframe> can show, fetched with the session; freed when it is not needed. */
export function useFile(path: () => string | null): { url: Ref<string>; type: Ref<string>; error: Ref<string> } {
  const url = ref('')
  const type = ref('')
  const error = ref('')
  let asking: AbortController | null = null

  function free(): void {
    asking?.abort()
    if (url.value) URL.revokeObjectURL(url.value)
    url.value = ''
  }

  watch(path, async (now) => {
    free()
    error.value = ''
    if (!now) return
    const mine = (asking = new AbortController())
    try {
      const blob = await download(now, mine.signal)
      if (mine.signal.aborted) return
      type.value = blob.type
      url.value = URL.createObjectURL(blob)
    } catch (problem) {
      if (!isAborted(problem)) error.value = messageOf(problem)
    }
  }, { immediate: true })
  onScopeDispose(free)
  return { url, type, error }
}

/** Hands a file of the API to the person under a name. */
export async function saveFile(path: string, name: string): Promise<void> {
  const url = URL.createObjectURL(await download(path))
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** Opens the browser's print dialog on a PDF of the API, without leaving the page. */
export async function printFile(path: string): Promise<void> {
  const url = URL.createObjectURL(await download(path))
  document.querySelector('iframe.print-frame')?.remove()
  const frame = Object.assign(document.createElement('iframe'), { className: 'print-frame', src: url, title: '打印' })
  frame.style.cssText = 'position:fixed;width:0;height:0;border:0;visibility:hidden'
  await new Promise<void>((resolve) => {
    frame.onload = () => resolve()
    document.body.append(frame)
  })
  const before = document.activeElement // where the person is by now
  frame.contentWindow?.focus()
  frame.contentWindow?.print()
  // The keyboard comes back to where it was, or every key after this would go to the printed page.
  window.focus()
  frame.blur()
  if (before instanceof HTMLElement) before.focus()
  setTimeout(() => URL.revokeObjectURL(url), 600_000)
}
