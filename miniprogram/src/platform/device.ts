/** How this device is called in the list of sessions. */
export function clientName(): string {
  const system = uni.getSystemInfoSync()
  const name = [system.model, system.system].filter((part) => part && part !== 'PC').join(' ')
  // #ifdef MP-WEIXIN
  return `微信小程序 ${name}`.trim().slice(0, 100)
  // #endif
  // #ifndef MP-WEIXIN
   
  return `浏览器 ${name}`.trim().slice(0, 100)
  // #endif
}

/** Height of the system's status bar above a page without navigation bar, and what WeChat's capsule takes on the right. */
export function topInsets(): { top: number; right: number } {
  // #ifdef MP-WEIXIN
  const system = uni.getSystemInfoSync()
  const capsule = uni.getMenuButtonBoundingClientRect?.()
  return {
    top: system.statusBarHeight ?? 0,
    right: capsule ? Math.max(0, system.windowWidth - capsule.left) : 0,
  }
  // #endif
  // #ifndef MP-WEIXIN
   
  return { top: 0, right: 0 }
  // #endif
}
