/** What is said where the server's own word is missing. */
export const WORDS = {
  offline: '网络不通，请检查网络后重试',
  server: '服务器暂时无法处理，请稍后再试',
  unknown: '操作没有完成，请重试',
  signedOut: '登录已失效，请重新登录',
  forbidden: '当前账号没有这个权限',
  notFound: '没有找到，可能已被删除',
  tooLarge: '文件太大，请换一个小一点的',
  tooOften: '操作太频繁，请稍等一会儿再试',
}

/** A field's error inside a problem document; `pointer` is a JSON pointer into the request. */
export interface FieldError {
  pointer: string
  detail: string
}

/**
 * Why a request was not done. `status` 0 means that no answer came: nobody knows whether the server did it, so the
 * same request may only be repeated with the same idempotency key.
 */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors: FieldError[] = [],
    readonly members: Record<string, unknown> = {},
  ) {
    super(detail)
    this.name = 'ApiProblem'
  }

  /** No answer came. */
  get offline(): boolean {
    return this.status === 0
  }

  /** Trying the same again later can work: no answer, the server is busy or down, or too many requests. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }

  /** The record was changed by somebody else since it was read. */
  get stale(): boolean {
    return this.code === 'stale_version'
  }

  /** Frozen, and it is the reader himself who is, not whom he deals with. */
  get shutsOut(): boolean {
    return this.code === 'account_frozen' || (this.code === 'org_frozen' && this.members.own === true)
  }

  /** By which the log finds the request. */
  get requestId(): string {
    return typeof this.members.request_id === 'string' ? this.members.request_id : ''
  }

  /** The index of the list element that a field error is about: "/lines/2/price_fen" → 2. */
  lineErrors(): Map<number, string> {
    const found = new Map<number, string>()
    for (const error of this.errors) {
      const match = /^\/lines\/(\d+)(?:\/|$)/.exec(error.pointer)
      if (match) found.set(Number(match[1]), error.detail)
    }
    return found
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return []
  return value
    .filter(isRecord)
    .map((error) => ({ pointer: String(error.pointer ?? ''), detail: String(error.detail ?? '') }))
}

/** Any answer above 299 → ApiProblem; a page of a proxy in between still gets a Chinese sentence. */
export function problemOf(status: number, body: unknown): ApiProblem {
  const document = isRecord(body) ? body : {}
  const detail = typeof document.detail === 'string' && document.detail ? document.detail : fallback(status)
  const code = typeof document.code === 'string' ? document.code : `http_${status}`
  return new ApiProblem(status, code, detail, fieldErrors(document.errors), document)
}

/** No answer at all. */
export function noAnswer(): ApiProblem {
  return new ApiProblem(0, 'offline', WORDS.offline)
}

function fallback(status: number): string {
  if (status === 401) return WORDS.signedOut
  if (status === 403) return WORDS.forbidden
  if (status === 404) return WORDS.notFound
  if (status === 413) return WORDS.tooLarge
  if (status === 429) return WORDS.tooOften
  return status >= 500 ? WORDS.server : WORDS.unknown
}

/**
 * What to tell the user about anything that was thrown. What nobody expected carries the request's id, so that the one
 * who is asked for help finds it in the log.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return WORDS.unknown
  const unexpected = error.status >= 500 && error.requestId
  return unexpected ? `${error.detail}（编号 ${error.requestId}）` : error.detail
}

/** Whether a request was given up by the page itself, because its answer is not wanted any more. */
export function isAborted(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
