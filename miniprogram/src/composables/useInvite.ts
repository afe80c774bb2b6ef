import { api } from '@/api/client'
import type { Invitation, NewInvitation } from '@/api/types'
import { useAction } from './useAction'

/** Invitations that are shown at once, as a code to be scanned. */
export function useInvite() {
  const { busy, run } = useAction()

  async function invite(body: NewInvitation): Promise<boolean> {
    const made = await run((idempotencyKey) => api.post('/api/v1/invitations', { body, idempotencyKey }), { sameAs: JSON.stringify(body) })
    if (made) show(made)
    return made !== undefined
  }

  /** The code for a store's owner: the one that is open still, as a new one would make the one he was sent worthless. */
  async function inviteOwner(storeId: number): Promise<boolean> {
    const open = await run(() => api.get('/api/v1/invitations', { query: { org_id: storeId, state: 'open', limit: 50 } }))
    if (!open) return false
    const sent = open.items.find((one) => one.role === 'store_owner')
    if (!sent) return invite({ org_id: storeId, role: 'store_owner' })
    show(sent)
    return true
  }

  return { busy, invite, inviteOwner }
}

function show(invitation: Invitation): void {
  uni.navigateTo({ url: `/pages/staff/invitation?id=${invitation.id}` })
}
