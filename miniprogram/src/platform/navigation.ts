import { useSession } from '@/state/session'

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

/** The pages of documents about goods, by their kind. */
const PAPERS: Record<string, string> = {
  stocktake: '/pages/count/detail?id=', transfer: '/pages/transfer/detail?id=', return: '/pages/return/detail?id=',
  diversion: '/pages/trace/diversion?id=', recall: '/pages/trace/recall?id=', alert: '/pages/alerts/detail?id=', rebate: '/pages/rebate/detail?id=',
}

/** `link` of a notice: "order/12" → the order, "settlement" → what is owed, "staff" → who was invited, "authority" → the own
 *  territories, "alerts" and "alert/7" → what is too low or too high, "stocktake/4" → what is counted, "prices" and "price-exception/3" → the prices,
 *  "org/3" → whose paper ends: the own papers, or the customer's archive; "transfer/4", "return/4" and the like → that document. */
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
  if (link === 'prices' || link.startsWith('price-exception/')) {
    uni.navigateTo({ url: '/pages/price/list' })
    return true
  }
  const [, paper, number] = /^(\w+)\/(\d+)$/.exec(link) ?? []
  if (paper && number && PAPERS[paper]) {
    uni.navigateTo({ url: `${PAPERS[paper]}${number}` })
    return true
  }
  if (link === 'alerts' || link === 'rebates') {
    uni.navigateTo({ url: link === 'alerts' ? '/pages/alerts/list' : '/pages/rebate/list' })
    return true
  }
  const [, kind, id] = /^(order|org)\/(\d+)$/.exec(link) ?? []
  if (!kind) return false
  const archive = Number(id) === useSession().me.value?.org.id ? '/pages/account/papers' : `/pages/customer/detail?id=${id}`
  uni.navigateTo({ url: kind === 'order' ? `/pages/order/detail?id=${id}` : archive })
  return true
}

/** A page that was opened by its address has nothing to go back to. */
export function goBack(): void {
  if (getCurrentPages().length > 1) uni.navigateBack()
  else uni.reLaunch({ url: '/pages/home/home' })
}
