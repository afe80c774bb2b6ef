/** The page of what a notice is about: "order/12" → "/orders/12"; null for what has no page here. */
export function pageOf(link: string): string | null {
  const [kind, id] = link.split('/')
  return kind === 'order' && id && /^\d+$/.test(id) ? `/orders/${id}` : null
}
