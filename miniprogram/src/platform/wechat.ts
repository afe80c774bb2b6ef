import { api } from '@/api/client'

/** The code of `wx.login`, to be exchanged by the server; null when WeChat gives none. */
export function weChatLoginCode(): Promise<string | null> {
  return new Promise((resolve) => {
    uni.login({ provider: 'weixin', success: ({ code }) => resolve(code || null), fail: () => resolve(null) })
  })
}

/** WeChat's own scanner; null when the user went back. */
export function scanWithWeChat(): Promise<string | null> {
  return new Promise((resolve) => {
    uni.scanCode({
      scanType: ['barCode', 'datamatrix', 'qrCode'],
      success: ({ result }) => resolve(result),
      fail: () => resolve(null),
    })
  })
}

let templates: string[] | null = null

/** Reads the templates beforehand: WeChat only shows its question when it is asked directly in the tap. */
export async function prepareSubscription(): Promise<void> {
  // #ifdef MP-WEIXIN
  const { items } = await api.get('/api/v1/me/subscriptions/templates')
  templates = items.map((item) => item.template_id)
  // #endif
}

/** Asks for one message per template, in the tap that submits an order; the grants are counted by the server. */
export function askSubscription(): Promise<void> {
  // #ifdef MP-WEIXIN
  const ids = templates ?? []
  if (ids.length === 0) return Promise.resolve()
  return new Promise((resolve) => {
    uni.requestSubscribeMessage({
      tmplIds: ids.slice(0, 3),
      success: (given) => {
        const answer = given as unknown as Record<string, string>
        for (const id of ids) {
          // A grant that cannot be counted costs a message, never the order.
          if (answer[id]) {
            void api
              .post('/api/v1/me/subscriptions', { body: { template_id: id, accepted: answer[id] === 'accept' } })
              .catch(() => undefined)
          }
        }
        resolve()
      },
      fail: () => resolve(),
    })
  })
  // #endif
  // #ifndef MP-WEIXIN
   
  void templates
  return Promise.resolve()
  // #endif
}
