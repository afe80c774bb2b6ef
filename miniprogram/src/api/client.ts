import type {
  FilterKeys,
  HttpMethod,
  PathsWithMethod,
  RequestBodyJSON,
  SuccessResponseJSON,
} from 'openapi-typescript-helpers'
import type { paths } from './schema'
import { type ApiProblem, noAnswer, problemOf } from '@shared/problem'
import { newKey } from '@shared/keys'
import { apiBase } from '@/platform/host'

type Operation<M extends HttpMethod, P extends PathsWithMethod<paths, M>> = Extract<
  FilterKeys<paths[P], M>,
  Record<string | number, unknown>
>
type Parameters<O, In extends string> = O extends { parameters: infer All }
  ? All extends Partial<Record<In, infer Found>>
    ? Found
    : never
  : never
type PathOption<O> = Parameters<O, 'path'> extends Record<string, unknown> ? { path: Parameters<O, 'path'> } : { path?: undefined }
type QueryOption<O> = { query?: Parameters<O, 'query'> }
type BodyOption<O> = O extends { requestBody: unknown } ? { body: RequestBodyJSON<O> } : { body?: undefined }

/** What a call of one operation takes, from the server's own document. */
export type Options<O> = PathOption<O> &
  QueryOption<O> &
  BodyOption<O> & {
    /** Give one to make a repetition safe; every write gets its own otherwise. */
    idempotencyKey?: string
    headers?: Record<string, string>
  }

/** An answer with what the cache needs besides the body. */
export interface Answer<T> {
  status: number
  data: T
  etag: string | undefined
}

interface Hooks {
  token: () => string
  /** Called with the token that was refused: by 401, or since the account or its organisation was frozen, with the reason. */
  signedOut: (token: string, frozen?: string) => void
  /** Called after every try: whether the server could be reached. */
  reached: (reached: boolean) => void
}

let hooks: Hooks = { token: () => '', signedOut: () => undefined, reached: () => undefined }

/** Set once by the session: the client knows nothing of storage or pages. */
export function configureClient(given: Hooks): void {
  hooks = given
}

/** Absolute address of an API path with its parameters filled in. */
export function address(path: string, parameters?: Record<string, unknown>, query?: Record<string, unknown>): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parameters?.[name] ?? '')))
  const pairs = Object.entries(query ?? {})
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  return `${apiBase()}${filled}${pairs.length ? `?${pairs.join('&')}` : ''}`
}

function header(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)
  return found ? String(found[1]) : undefined
}

/** One request; resolves with any 2xx or 304, rejects with ApiProblem. */
export function send<T>(
  method: HttpMethod,
  url: string,
  body?: unknown,
  extra: Record<string, string> = {},
): Promise<Answer<T>> {
  const token = hooks.token()
  const headers: Record<string, string> = { ...extra }
  if (token) headers.Authorization = `Bearer ${token}`
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  return new Promise((resolve, reject) => {
    uni.request({
      url,
      // uni's type leaves PATCH out; both platforms pass it on.
      method: method.toUpperCase() as 'GET',
      header: headers,
      data: body === undefined ? undefined : JSON.stringify(body),
      timeout: 15_000,
      success: (answer) => {
        const status = answer.statusCode
        // A status of 0 is how some platforms report a request that was cut off.
        if (!status) {
          hooks.reached(false)
          reject(noAnswer())
          return
        }
        // A gateway that answers for a server which is away is no server.
        hooks.reached(status !== 502 && status !== 504)
        if ((status >= 200 && status < 300) || status === 304) {
          resolve({ status, data: answer.data as T, etag: header(answer.header, 'etag') })
          return
        }
        const problem = problemOf(status, parsed(answer.data))
        if (token && status === 401) hooks.signedOut(token)
        else if (token && shutsOut(problem)) hooks.signedOut(token, problem.detail)
        reject(problem)
      },
      fail: () => {
        hooks.reached(false)
        reject(noAnswer())
      },
    })
  })
}

/** Frozen, and not the one we deal with. */
function shutsOut(problem: ApiProblem): boolean {
  return problem.code === 'account_frozen' || (problem.code === 'org_frozen' && problem.members.own === true)
}

/** application/problem+json is left as text by some platforms. */
function parsed(data: unknown): unknown {
  if (typeof data !== 'string') return data
  try {
    return JSON.parse(data) as unknown
  } catch {
    return data
  }
}

async function call<T>(method: HttpMethod, path: string, options: Options<never> | undefined): Promise<T> {
  const given = (options ?? {}) as {
    path?: Record<string, unknown>
    query?: Record<string, unknown>
    body?: unknown
    idempotencyKey?: string
    headers?: Record<string, string>
  }
  const headers = { ...given.headers }
  if (method !== 'get') headers['Idempotency-Key'] = given.idempotencyKey ?? newKey()
  const answer = await send<T>(method, address(path, given.path, given.query), given.body, headers)
  return answer.data
}

type Arguments<O> = O extends { requestBody: unknown }
  ? [options: Options<O>]
  : Parameters<O, 'path'> extends Record<string, unknown>
    ? [options: Options<O>]
    : [options?: Options<O>]

/** The typed API: `api.get('/api/v1/orders/{order_id}', { path: { order_id } })`. */
export const api = {
  get: <P extends PathsWithMethod<paths, 'get'>>(
    path: P,
    ...[options]: Arguments<Operation<'get', P>>
  ): Promise<SuccessResponseJSON<Operation<'get', P>>> => call('get', path, options as Options<never>),
  post: <P extends PathsWithMethod<paths, 'post'>>(
    path: P,
    ...[options]: Arguments<Operation<'post', P>>
  ): Promise<SuccessResponseJSON<Operation<'post', P>>> => call('post', path, options as Options<never>),
  patch: <P extends PathsWithMethod<paths, 'patch'>>(
    path: P,
    ...[options]: Arguments<Operation<'patch', P>>
  ): Promise<SuccessResponseJSON<Operation<'patch', P>>> => call('patch', path, options as Options<never>),
  delete: <P extends PathsWithMethod<paths, 'delete'>>(
    path: P,
    ...[options]: Arguments<Operation<'delete', P>>
  ): Promise<SuccessResponseJSON<Operation<'delete', P>>> => call('delete', path, options as Options<never>),
}
