import { apiBase } from './host'

export interface EventStream {
  close: () => void
}

export interface StreamHandlers {
  open: () => void
  message: (name: string, data: unknown) => void
  /** The connection is gone, and with it its ticket; `full`: the server ended it for newer ones of the account. */
  lost: (full: boolean) => void
}

const NAMES = ['order', 'notice', 'price', 'resync']

/** Whether there is an EventSource at all, so that nobody asks for a ticket in vain. */
export function hasEventStreams(): boolean {
  // #ifdef H5
  return typeof EventSource !== 'undefined'
  // #endif
  // #ifndef H5

  return false
  // #endif
}

/** Server-sent events; null where there is no EventSource (WeChat), so that the caller asks in turns instead. */
export function openEventStream(ticket: string, handlers: StreamHandlers): EventStream | null {
  // #ifdef H5
  if (typeof EventSource === 'undefined') return null
  // EventSource sends no headers. A ticket opens one stream only, so the browser's own tries again would be in vain.
  const source = new EventSource(`${apiBase()}/api/v1/events?ticket=${encodeURIComponent(ticket)}`)
  const end = (full: boolean): void => {
    source.close()
    handlers.lost(full)
  }
  source.onopen = handlers.open
  source.onerror = () => end(false)
  source.addEventListener('full', () => end(true))
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
   
  void [ticket, handlers, apiBase, NAMES]
  return null
  // #endif
}
