import { shallowRef } from 'vue'
import { api } from '@/api/client'
import type { NewAccount, Role } from '@/api/types'
import { useSession } from '@/state/session'

/** What a role is called in a form: a built-in one by its name, one that the org has built by its number. */
export function keyOf(role: Role): string {
  return role.id ? String(role.id) : role.base
}

/** The role that a form has chosen, as the server wants it. */
export function roleOf(key: string): Pick<NewAccount, 'role' | 'role_id'> {
  return /^\d+$/.test(key) ? { role_id: Number(key) } : { role: key as NonNullable<NewAccount['role']> }
}

/** The roles of an org that one may give: in orgs of the own kind nobody gives more than he holds. */
export function useRoles() {
  const roles = shallowRef<Role[]>([])
  const { me } = useSession()

  async function readRoles(orgId: number): Promise<void> {
    const { items } = await api.get('/api/v1/roles', { query: { org_id: orgId } })
    const held = new Set(me.value?.permissions)
    const kind = me.value?.org.kind
    roles.value = items.filter((role) => role.kind !== kind || role.permissions.every((key) => held.has(key)))
  }

  return { roles, readRoles }
}
