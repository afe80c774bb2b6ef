import { noAnswer, problemOf } from '@shared/problem'
import { newKey } from '@shared/keys'
import type { ExchangeJob } from '@/api/types'
import { currentToken } from '@/state/session'
import type { ChosenFile } from './choose-file'
import { apiBase } from './host'

function authorization(): Record<string, string> {
  return { Authorization: `Bearer ${currentToken()}` }
}

/** A file that needs the session, as an address that <image> can show. */
export async function localFile(path: string): Promise<string> {
  // #ifdef H5
  const answer = await fetch(`${apiBase()}${path}`, { headers: authorization() })
  if (!answer.ok) throw problemOf(answer.status, null)
  return URL.createObjectURL(await answer.blob())
  // #endif
  // #ifndef H5
   
  return new Promise((resolve, reject) => {
    uni.downloadFile({
      url: `${apiBase()}${path}`,
      header: authorization(),
      success: ({ statusCode, tempFilePath }) =>
        statusCode === 200 ? resolve(tempFilePath) : reject(problemOf(statusCode, null)),
      fail: () => reject(noAnswer()),
    })
  })
  // #endif
}

/** Opens the printable goods issue note. */
export function printNote(issueId: number): Promise<void> {
  return openPdf(`/api/v1/goods-issues/${issueId}/note.pdf`)
}

/** Opens a PDF that needs the session: a new tab in a browser, the document viewer in WeChat. */
export async function openPdf(path: string): Promise<void> {
  // #ifdef H5
  // Opened before the answer: a browser only lets the tap itself open a tab.
  const tab = window.open('', '_blank')
  try {
    const url = await localFile(path)
    if (tab) tab.location.href = url
    else window.location.href = url
  } catch (problem) {
    tab?.close()
    throw problem
  }
  // #endif
  // #ifndef H5
  const filePath = await localFile(path)
  await new Promise<void>((resolve, reject) => {
    uni.openDocument({ filePath, fileType: 'pdf', showMenu: true, success: () => resolve(), fail: () => reject(noAnswer()) })
  })
  // #endif
}

/** Opens a workbook that needs the session: saved by a browser, shown in WeChat. */
export async function openTable(path: string, name: string): Promise<void> {
  const filePath = await localFile(path)
  // #ifdef H5
  const link = document.createElement('a')
  link.href = filePath
  link.download = name
  link.click()
  // #endif
  // #ifndef H5
  await new Promise<void>((resolve, reject) => {
    uni.openDocument({ filePath, fileType: 'xlsx', showMenu: true, success: () => resolve(), fail: () => reject(noAnswer()) })
  })
  // #endif
}

/** Uploads a photo; answers with its id. */
export function uploadPhoto(filePath: string): Promise<number> {
  return upload(filePath, '/api/v1/files')
}

/** Uploads a picture of a paper, which is read by those only who may read the paper; answers with its id. */
export function uploadDocument(filePath: string): Promise<number> {
  return upload(filePath, '/api/v1/documents')
}

async function upload(filePath: string, path: string): Promise<number> {
  return (await sendFile<{ id: number }>(path, { filePath })).id
}

/** Uploads a table to be read and checked; answers with the job that does it. */
export function uploadTable(kind: string, { path: filePath, file }: ChosenFile): Promise<ExchangeJob> {
  // A browser sends the file itself, by its name; WeChat the copy that it has made.
  return sendFile<ExchangeJob>(`/api/v1/exchange/imports/${kind}`, file ? { file, filePath } : { filePath })
}

function sendFile<T>(path: string, what: { filePath: string; file?: File }): Promise<T> {
  return new Promise((resolve, reject) => {
    uni.uploadFile({
      url: `${apiBase()}${path}`,
      ...what,
      name: 'file',
      header: { ...authorization(), 'Idempotency-Key': newKey() },
      success: ({ statusCode, data }) => {
        const body = parsed(data)
        if (statusCode >= 200 && statusCode < 300) resolve(body as T)
        else reject(problemOf(statusCode, body))
      },
      fail: () => reject(noAnswer()),
    })
  })
}

function parsed(data: unknown): unknown {
  if (typeof data !== 'string') return data
  try {
    return JSON.parse(data) as unknown
  } catch {
    return null
  }
}
