/** Leads from any page to a tab of the home page, keeping what the tabs show. */
export function goTab(key: string): void {
  const pages = getCurrentPages()
  if (pages[0]?.route === 'pages/home/home') {
    uni.$emit('qutong:tab', key)
    if (pages.length > 1) uni.navigateBack({ delta: pages.length - 1 })
    return
  }
  uni.reLaunch({ url: `/pages/home/home?tab=${key}` })
}

/** `link` of a notice: "order/12" → the order, "settlement" → what is owed, "staff" → who was invited, "authority" → the own territories. */
export function openLink(link: string): boolean {
  if (link === 'settlement') {
    uni.navigateTo({ url: '/pages/account/balance' })
    return true
  }
  if (link === 'staff') {
    uni.navigateTo({ url: '/pages/staff/invitations' })
    return true
  }
  if (link === 'authority') {
    uni.navigateTo({ url: '/pages/account/authorities' })
    return true
  }
  const match = /^order\/(\d+)$/.exec(link)
  if (!match) return false
  uni.navigateTo({ url: `/pages/order/detail?id=${match[1]}` })
  return true
}

/** A page that was opened by its address has nothing to go back to. */
export function goBack(): void {
  if (getCurrentPages().length > 1) uni.navigateBack()
  else uni.reLaunch({ url: '/pages/home/home' })
}
