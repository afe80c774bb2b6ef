import createClient, { type Middleware } from 'openapi-fetch'
import { newKey } from '@shared/keys'
import { isAborted, noAnswer, problemOf, type ApiProblem } from '@shared/problem'
import type { paths } from './schema'

interface Hooks {
  token: () => string
  /** Called with the token that was refused, and why: the session ended, or the account or its org was frozen. */
  refused: (token: string, problem: ApiProblem) => void
  /** Called after every try: whether the server could be reached. */
  reached: (reached: boolean) => void
}

let hooks: Hooks = { token: () => '', refused: () => undefined, reached: () => undefined }

/** Set once by the session: the client knows nothing of storage or pages. */
export function configureClient(given: Hooks): void {
  hooks = given
}

const KEY = 'Idempotency-Key'
const PATIENCE_MS = 30_000

/** The header that makes a repetition safe; `useAction` and `useForm` hand the key over. */
export function once(key: string): Record<string, string> {
  return { [KEY]: key }
}

const headers: Middleware = {
  onRequest({ request }) {
    const token = hooks.token()
    if (token) request.headers.set('Authorization', `Bearer ${token}`)
    if (request.method !== 'GET' && !request.headers.has(KEY)) request.headers.set(KEY, newKey())
    return request
  },
}

/** fetch with an end to patience, that tells whether the server could be reached. */
async function reach(request: Request): Promise<Response> {
  const patience = AbortSignal.timeout(PATIENCE_MS)
  try {
    const response = await fetch(request, { signal: AbortSignal.any([request.signal, patience]) })
    // A gateway that answers for a server which is away is no server.
    hooks.reached(response.status !== 502 && response.status !== 504)
    return response
  } catch (error) {
    if (isAborted(error) && request.signal.aborted) throw error
    hooks.reached(false)
    throw noAnswer()
  }
}

/** The typed API: `await answer(api.GET('/api/v1/orders/{order_id}', { params: { path: { order_id } } }))`. */
export const api = createClient<paths>({ baseUrl: globalThis.location?.origin ?? '', fetch: reach })
api.use(headers)

/** The body of an answer; anything above 299 is thrown as ApiProblem. */
export async function answer<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const token = hooks.token()
  const { data, error, response } = await asked
  if (response.ok) return data as T
  const problem = problemOf(response.status, error)
  if (token && (problem.status === 401 || problem.shutsOut)) hooks.refused(token, problem)
  throw problem
}

/** A file of the API, which only this session may read: pictures, documents, notes to print. */
export async function download(path: string, signal?: AbortSignal): Promise<Blob> {
  const token = hooks.token()
  const request = new Request(new URL(path, location.origin), {
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    ...(signal ? { signal } : {}),
  })
  const response = await reach(request)
  if (response.ok) return response.blob()
  const error: unknown = await response.json().catch(() => undefined)
  return answer(Promise.resolve({ error, response }))
}

/** Sends a file as multipart field `file`; `path` answers with what was stored. */
export async function upload<T>(path: string, file: File, key: string = newKey()): Promise<T> {
  const form = new FormData()
  form.append('file', file)
  const token = hooks.token()
  const response = await reach(
    new Request(new URL(path, location.origin), {
      method: 'POST',
      body: form,
      headers: { ...once(key), ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    }),
  )
  const body: unknown = await response.json().catch(() => undefined)
  return answer<T>(Promise.resolve(response.ok ? { data: body as T, response } : { error: body, response }))
}
