import { vi } from 'vitest'

/** One request as the app made it. */
export interface Request {
  url: string
  method: string
  header: Record<string, string>
  data: string | undefined
}

interface Answer {
  statusCode: number
  data?: unknown
  header?: Record<string, string>
}

type Pending = Request & { success: (answer: Answer) => void; fail: () => void }

/** The part of uni's API that the modules under test touch: a network to answer by hand, storage, words on the screen. */
export function aPhone() {
  const requests: Pending[] = []
  const stored = new Map<string, string>()
  const toasts: string[] = []
  const dialogs: string[] = []
  const went: string[] = []
  const network: ((state: { isConnected: boolean }) => void)[] = []
  let full = false

  const phone = {
    requests,
    stored,
    toasts,
    dialogs,
    went,
    /** From now on nothing more fits into the storage. */
    fillUp: () => {
      full = true
    },
    /** The server answers the oldest request that waits. */
    answer: (statusCode: number, data: unknown = {}, header: Record<string, string> = {}) =>
      phone.next().success({ statusCode, data, header }),
    /** No answer comes to the oldest request that waits. */
    lose: () => phone.next().fail(),
    next: (): Pending => {
      const request = requests.find((one) => !answered.has(one))
      if (!request) throw new Error('no request is waiting')
      answered.add(request)
      return request
    },
    says: (isConnected: boolean) => network.forEach((listener) => listener({ isConnected })),
  }
  const answered = new Set<Pending>()

  vi.stubGlobal('uni', {
    request: (request: Pending) => requests.push(request),
    getStorageSync: (key: string) => stored.get(key) ?? '',
    setStorageSync: (key: string, value: string) => {
      if (full) throw new Error('exceed max size')
      stored.set(key, value)
    },
    removeStorageSync: (key: string) => stored.delete(key),
    getStorageInfoSync: () => ({ keys: [...stored.keys()] }),
    getSystemInfoSync: () => ({ model: 'PC', system: 'Linux' }),
    onNetworkStatusChange: (listener: (state: { isConnected: boolean }) => void) => network.push(listener),
    showToast: ({ title }: { title: string }) => toasts.push(title),
    showModal: ({ content }: { content: string }) => dialogs.push(content),
    reLaunch: ({ url }: { url: string }) => went.push(url),
    navigateTo: ({ url }: { url: string }) => went.push(url),
  })
  return phone
}

/** Lets everything that is ready to go on, go on. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
