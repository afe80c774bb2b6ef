/** JSON in the device's storage; broken or foreign content reads as nothing. */
export function load<T>(key: string): T | undefined {
  try {
    const text: unknown = uni.getStorageSync(key)
    return typeof text === 'string' && text ? (JSON.parse(text) as T) : undefined
  } catch {
    return undefined
  }
}

/** Returns false when the storage is full or forbidden, so that the caller may say so. */
export function save(key: string, value: unknown): boolean {
  try {
    uni.setStorageSync(key, JSON.stringify(value))
    return true
  } catch {
    return false
  }
}

export function forget(key: string): void {
  try {
    uni.removeStorageSync(key)
  } catch {
    // Nothing to remove.
  }
}

/** All keys that begin with a prefix. */
export function keysWith(prefix: string): string[] {
  try {
    return uni.getStorageInfoSync().keys.filter((key) => key.startsWith(prefix))
  } catch {
    return []
  }
}
