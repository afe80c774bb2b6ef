import type { Schemas } from '@/api/types'

export type Account = Schemas['AccountOut']
export type AccountDetail = Schemas['AccountDetail']
export type Role = Schemas['RoleOut']
export type Matrix = Schemas['PermissionMatrix']
export type Invitation = Schemas['InvitationOut']

export const KINDS = { brand: '品牌', dealer: '经销商', store: '门店' } as const

export const WAYS: Record<string, string> = { password: '密码', wechat: '微信', wecom: '企业微信扫码', invitation: '接受邀请' }

export const SIGN_INS: Record<string, string> = {
  sign_in: '登录', sign_in_failed: '密码错误', sign_in_refused: '已停用，登录被拒', sign_out: '退出', end_session: '结束一处登录', end_sessions: '结束全部登录', set_password: '重置密码', change_password: '修改密码', freeze: '停用',
  unfreeze: '恢复', bind_wechat: '绑定微信', bind_wecom: '绑定企业微信', unbind_wecom: '解绑企业微信',
}

/** What a role is called in a form: a built-in one by its name, one that the org has built by its number. */
export function roleKey(role: Pick<Role, 'id' | 'base'>): string {
  return role.id ? String(role.id) : role.base
}

/** A chosen role as the server wants it. */
export function chosenRole(key: string): { role?: Role['base']; role_id?: number } {
  return /^\d+$/.test(key) ? { role_id: Number(key) } : { role: key as Role['base'] }
}
