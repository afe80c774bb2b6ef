const PAGES: Record<string, string> = { order: '/orders/', org: '/dealers/', 'price-exception': '/price-exceptions?open=', diversion: '/diversions/', recall: '/recalls/', transfer: '/transfers/', return: '/returns?open=', stocktake: '/stocktakes?open=', alert: '/alerts?open=', rebate: '/rebates?open=' }

/** The page of what a notice is about: "order/12" → "/orders/12", "alerts" → "/alerts"; null for what has no page here. */
export function pageOf(link: string): string | null {
  if (link === 'alerts' || link === 'rebates') return `/${link}`
  const [kind, id] = link.split('/')
  const page = PAGES[kind ?? '']
  return page && id && /^\d+$/.test(id) ? `${page}${id}` : null
}
