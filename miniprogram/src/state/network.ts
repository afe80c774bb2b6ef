import { ref } from 'vue'

/** Whether the server could be reached at the last try. */
const online = ref(true)
const returns = new Set<() => void>()

/** Called with the outcome of every request and with what the device says about its network. */
export function reportReached(reached: boolean): void {
  const back = reached && !online.value
  online.value = reached
  if (back) returns.forEach((callback) => callback())
}

/** What to do when the network is back. */
export function whenBackOnline(callback: () => void): void {
  returns.add(callback)
}

/** The device says that it has a network again: try before believing it. */
export function watchNetwork(tryNow: () => void): void {
  uni.onNetworkStatusChange(({ isConnected }) => {
    if (isConnected) tryNow()
    else online.value = false
  })
}

export function useNetwork() {
  return { online }
}
