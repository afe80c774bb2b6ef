import { apiBase } from './host'

export interface EventStream {
  close: () => void
}

export interface StreamHandlers {
  open: () => void
  message: (name: string, data: unknown) => void
  /** The connection is gone; `final` when the browser will not try again by itself. */
  lost: (final: boolean) => void
}

const NAMES = ['order', 'notice', 'resync']

/** Server-sent events; null where there is no EventSource (WeChat), so that the caller asks in turns instead. */
export function openEventStream(token: string, handlers: StreamHandlers): EventStream | null {
  // #ifdef H5
  if (typeof EventSource === 'undefined') return null
  // EventSource sends no headers, so the token goes into the address; the server keeps it out of its log.
  const source = new EventSource(`${apiBase()}/api/v1/events?access_token=${encodeURIComponent(token)}`)
  source.onopen = handlers.open
  source.onerror = () => handlers.lost(source.readyState === EventSource.CLOSED)
  for (const name of NAMES) {
    source.addEventListener(name, (event) => {
      try {
        handlers.message(name, JSON.parse((event as MessageEvent<string>).data))
      } catch {
        handlers.message('resync', {})
      }
    })
  }
  return { close: () => source.close() }
  // #endif
  // #ifndef H5
   
  void [token, handlers, apiBase, NAMES]
  return null
  // #endif
}
