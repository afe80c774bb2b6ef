import { ref } from 'vue'

/** Whether the server could be reached at the last try. */
const online = ref(true)
const returns = new Set<() => void>()

/** Called with the outcome of every request. */
export function reportReached(reached: boolean): void {
  const back = reached && !online.value
  online.value = reached
  if (back) returns.forEach((callback) => callback())
}

/** What to do when the network is back, until the returned function is called. */
export function whenBackOnline(callback: () => void): () => void {
  returns.add(callback)
  return () => returns.delete(callback)
}

/** Follows what the browser says about its network: gone it believes at once, back only by `tryNow`. */
export function watchNetwork(tryNow: () => void): void {
  window.addEventListener('offline', () => (online.value = false))
  window.addEventListener('online', tryNow)
}

export function useNetwork() {
  return { online }
}
