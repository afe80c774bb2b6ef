import { t } from '@/texts'

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
  return new ApiProblem(0, 'offline', t.error.offline)
}

function fallback(status: number): string {
  if (status === 401) return t.error.signedOut
  if (status === 403) return t.error.forbidden
  if (status === 404) return t.error.notFound
  if (status === 413) return t.error.tooLarge
  if (status === 429) return t.error.tooOften
  return status >= 500 ? t.error.server : t.error.unknown
}

/**
 * What to tell the user about anything that was thrown. What nobody expected carries the request's id, so that the one
 * who is asked for help finds it in the log.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return t.error.unknown
  const unexpected = error.status >= 500 && error.requestId
  return unexpected ? `${error.detail}（${t.error.requestId(error.requestId)}）` : error.detail
}

/** Whether a request was given up by the page itself, because its answer is not wanted any more. */
export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}
