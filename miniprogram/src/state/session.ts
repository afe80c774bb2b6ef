import { computed, reactive, readonly } from 'vue'
import { api, configureClient } from '@/api/client'
import { ApiProblem } from '@shared/problem'
import type { Me, SignedIn } from '@/api/types'
import { clientName } from '@/platform/device'
import { forget, load, save } from '@/platform/storage'
import { t } from '@/texts'
import { reportReached } from './network'

const STORED = 'qutong:session'

interface Stored {
  token: string
  me: Me
}

const state = reactive<{ token: string; me: Me | null }>({ token: '', me: null })

const endings = new Set<() => void>()

function remember(): void {
  if (state.me) save(STORED, { token: state.token, me: state.me } satisfies Stored)
}

function enter(signedIn: Pick<SignedIn, 'token' | 'me'>): void {
  state.token = signedIn.token
  state.me = signedIn.me
  remember()
}

function leave(): void {
  state.token = ''
  state.me = null
  forget(STORED)
  endings.forEach((ending) => ending())
  uni.reLaunch({ url: '/pages/login/login' })
}

configureClient({
  token: () => state.token,
  // Only the token that was refused ends the session: an answer may come after a new login.
  signedOut: (token, frozen) => {
    if (token !== state.token) return
    leave()
    if (frozen) uni.showModal({ content: frozen, showCancel: false, confirmText: t.common.gotIt })
  },
  reached: reportReached,
})

/** Reads the stored session at the start of the app; offline it is enough to work on. */
export function restoreSession(): boolean {
  const stored = load<Stored>(STORED)
  if (!stored?.token || !stored.me) return false
  state.token = stored.token
  state.me = stored.me
  return true
}

/** What to do when a session ends (close the live connection, forget what was on the screen). */
export function whenSignedOut(ending: () => void): void {
  endings.add(ending)
}

export async function refreshMe(): Promise<void> {
  if (!state.token) return
  state.me = await api.get('/api/v1/me')
  remember()
}

export async function logIn(phone: string, password: string): Promise<void> {
  enter(await api.post('/api/v1/auth/login', { body: { phone, password, client: clientName() } }))
}

/** Logs in by the code of `wx.login`; an unbound WeChat user gets the ticket with which to bind an account. */
export async function logInByWeChat(code: string): Promise<{ bindTicket: string } | null> {
  try {
    enter(await api.post('/api/v1/auth/wechat', { body: { code, client: clientName() } }))
    return null
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'wechat_unbound') {
      return { bindTicket: String(error.members.bind_ticket ?? '') }
    }
    throw error
  }
}

export async function bindWeChat(bindTicket: string, phone: string, password: string): Promise<void> {
  const body = { bind_ticket: bindTicket, phone, password, client: clientName() }
  enter(await api.post('/api/v1/auth/wechat/bind', { body }))
}

/** Takes an invitation: the account is made, bound to the WeChat user of the code, and signed in. */
export async function joinBy(token: string, person: { name: string; phone: string; password?: string; code?: string }): Promise<void> {
  enter(await api.post('/api/v1/join', { body: { token, ...person, client: clientName() } }))
}

/** Ends the session here even when the server cannot be told. */
export async function logOut(): Promise<void> {
  try {
    await api.post('/api/v1/auth/logout')
  } catch {
    // The token is forgotten on this device either way.
  }
  leave()
}

export function useSession() {
  return {
    session: readonly(state),
    me: computed(() => state.me as Me | null),
    isDealer: computed(() => state.me?.org.kind === 'dealer'),
    /** Brand accounts work in the console and in WeCom; the app tells them so. */
    isBrand: computed(() => state.me?.org.kind === 'brand'),
    supplier: computed(() => state.me?.supplier ?? null),
    can: (permission: string): boolean => state.me?.permissions.includes(permission) ?? false,
  }
}

/** The key under which something of the signed-in account is stored on the device. */
export function ownKey(name: string): string {
  return `qutong:${name}:${state.me?.account_id ?? 0}`
}

export function currentToken(): string {
  return state.token
}

export function currentMe(): Me | null {
  return state.me
}
