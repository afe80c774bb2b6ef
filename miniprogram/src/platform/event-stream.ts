// #ifdef H5
import { openEventSource } from '@shared/event-source'
// #endif
import type { EventStream, StreamHandlers } from '@shared/live'
import { apiBase } from './host'

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
export function openEventStream(ticket: string, names: readonly string[], handlers: StreamHandlers): EventStream | null {
  // #ifdef H5
  if (typeof EventSource === 'undefined') return null
  return openEventSource(`${apiBase()}/api/v1/events?ticket=${encodeURIComponent(ticket)}`, names, handlers)
  // #endif
  // #ifndef H5

  void [ticket, names, handlers, apiBase]
  return null
  // #endif
}
