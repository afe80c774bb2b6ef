import { answer, api } from '@/api/client'
import { defineArea } from '@/shell/areas'

export default defineArea({
  menu: [
    { group: '系统', title: '账号', to: '/accounts', icon: 'people', order: 10, permission: 'account.manage', keywords: 'zhanghao zh yuangong account 员工' },
    { group: '系统', title: '角色与权限', to: '/roles', icon: 'shield', order: 20, permission: 'account.manage', keywords: 'juese quanxian jsqx role permission' },
    { group: '系统', title: '邀请', to: '/invitations', icon: 'qr', order: 30, permission: 'account.manage', keywords: 'yaoqing yq invite 二维码' },
  ],
  places: [{ group: '系统', title: '我的账号', to: '/account', icon: 'people', keywords: 'wodezhanghao wdzh 密码 改密码 登录设备 企业微信' }],
  routes: [
    { path: 'accounts', name: 'accounts', component: () => import('./AccountsPage.vue'), meta: { permission: 'account.manage' } },
    { path: 'roles', name: 'roles', component: () => import('./RolesPage.vue'), meta: { permission: 'account.manage' } },
    { path: 'invitations', name: 'invitations', component: () => import('./InvitationsPage.vue'), meta: { permission: 'account.manage' } },
    { path: 'account', name: 'account', component: () => import('./ProfilePage.vue'), meta: { title: '我的账号' } },
  ],
  logins: [{ key: 'wecom', title: '企业微信扫码', component: () => import('./WeComLogin.vue') }],
  finders: [
    {
      title: '账号',
      icon: 'people',
      permission: 'account.manage',
      find: async (words, signal) => {
        const { items } = await answer(api.GET('/api/v1/accounts', { params: { query: { q: words, limit: 5 } }, signal }))
        return items.map((one) => ({ title: one.name, note: `${one.role_name} · ${one.org_name}`, to: `/accounts?q=${one.phone}&open=${one.id}` }))
      },
    },
  ],
  audit: {
    subjects: { role: '角色', invitation: '邀请' },
    verbs: {
      'role.create': '新建角色', 'role.edit': '修改角色', retire: '停用角色', invite: '发出邀请', withdraw: '撤回邀请', join: '接受邀请', end_sessions: '结束全部登录',
      bind_wecom: '绑定企业微信', unbind_wecom: '解绑企业微信',
    },
    fields: {
      role_id: '自定义角色编号', base: '基础角色', permissions: '权限', added: '增加的权限', removed: '减少的权限', move_to: '改用角色', move_to_id: '改用自定义角色',
      accounts: '涉及的账号', days: '有效天数', invitation_id: '邀请编号', invited_by: '邀请人编号', way: '方式', ended: '结束数', search_text: '检索词',
    },
    values: { way: { password: '密码', wechat: '微信', wecom: '企业微信', invitation: '邀请' } },
    page: { account: (id) => `/accounts?open=${id}` },
  },
})
