import type { EventStream, StreamHandlers } from './live'

/** A browser's server-sent events from `url`, whose ticket opens one stream only: the browser's own tries again would be in vain. */
export function openEventSource(url: string, names: readonly string[], handlers: StreamHandlers): EventStream {
  // It sends no headers: the ticket is part of the address.
  const source = new EventSource(url)
  const end = (full: boolean): void => {
    source.close()
    handlers.lost(full)
  }
  source.onopen = handlers.open
  source.onerror = () => end(false)
  source.addEventListener('full', () => end(true))
  for (const name of names) {
    source.addEventListener(name, (event) => {
      const data = read((event as MessageEvent<string>).data)
      if (data) handlers.message(name, data)
      else handlers.message('resync', {})
    })
  }
  return {
    close: () => source.close(),
    get connected() {
      return source.readyState === 1
    },
  }
}

function read(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return null
  }
}
