import { computed, reactive, readonly } from 'vue'
import { answer, api, configureClient } from '@/api/client'
import type { Me, Schemas } from '@/api/types'
import { t } from '@/texts'
import { reportReached } from './network'

const STORED = 'qutong:console:session'
const PATIENCE_MS = 3_000

interface Stored {
  token: string
  me: Me
}

/** Why the last session ended, for the login page. */
export type Ending = { kind: 'left' } | { kind: 'expired' } | { kind: 'frozen'; detail: string }

const state = reactive<{ token: string; me: Me | null; ending: Ending | null }>({ token: '', me: null, ending: null })
const beginnings = new Set<() => void>()
const endings = new Set<(ending: Ending) => void>()

function stored(): Stored | null {
  try {
    const found = JSON.parse(localStorage.getItem(STORED) ?? 'null') as Stored | null
    return found?.token && found.me ? found : null
  } catch {
    return null
  }
}

function remember(): void {
  if (state.me) localStorage.setItem(STORED, JSON.stringify({ token: state.token, me: state.me } satisfies Stored))
}

/** Ends the session on this page; other tabs follow by the browser's storage event. */
function leave(ending: Ending): void {
  if (!state.token) return
  state.token = ''
  state.me = null
  state.ending = ending
  localStorage.removeItem(STORED)
  endings.forEach((callback) => callback(ending))
}

configureClient({
  token: () => state.token,
  // Only the token that was refused ends the session: an answer may come after a new login.
  refused: (token, problem) => {
    if (token !== state.token) return
    leave(problem.shutsOut ? { kind: 'frozen', detail: problem.detail } : { kind: 'expired' })
  },
  reached: reportReached,
})

/** Takes up the stored session at the start, and follows what other tabs do with it. */
export function restoreSession(): void {
  const found = stored()
  if (found) Object.assign(state, { token: found.token, me: found.me })
  window.addEventListener('storage', (event) => {
    if (event.key !== STORED) return
    const other = stored()
    if (!other) leave({ kind: 'left' })
    else if (other.token !== state.token) location.reload()
  })
}

/** What to do when somebody has signed in. */
export function whenSignedIn(beginning: () => void): void {
  beginnings.add(beginning)
}

/** What to do when a session ends. */
export function whenSignedOut(ending: (why: Ending) => void): void {
  endings.add(ending)
}

export async function refreshMe(): Promise<void> {
  if (!state.token) return
  const token = state.token
  const me = await answer(api.GET('/api/v1/me'))
  if (token !== state.token) return
  state.me = me
  remember()
}

/** Somebody of an org that works on the phone signed in here. */
export class NotForTheConsole extends Error {}

/** Begins the session that a way to sign in has opened; only the brand's own people work in the console. */
export function enter(signedIn: Schemas['SignedIn']): void {
  if (signedIn.me.org.kind !== 'brand') {
    const headers = { Authorization: `Bearer ${signedIn.token}` }
    void answer(api.POST('/api/v1/auth/logout', { headers })).catch(() => undefined)
    throw new NotForTheConsole(t.login.notBrand(signedIn.me.org.name))
  }
  Object.assign(state, { token: signedIn.token, me: signedIn.me, ending: null })
  remember()
  beginnings.forEach((callback) => callback())
}

export async function logIn(phone: string, password: string): Promise<void> {
  enter(await answer(api.POST('/api/v1/auth/login', { body: { phone, password, client: clientName() } })))
}

/** How this browser is named in the list of the own devices. */
export function clientName(agent: string = navigator.userAgent): string {
  const browser = /wxwork/i.test(agent)
    ? '企业微信'
    : /Edg\//.test(agent)
      ? 'Edge'
      : /Firefox\//.test(agent)
        ? 'Firefox'
        : /Chrome\//.test(agent)
          ? 'Chrome'
          : /Safari\//.test(agent)
            ? 'Safari'
            : '浏览器'
  const system = /Windows/.test(agent) ? 'Windows' : /Mac OS/.test(agent) ? 'Mac' : /Linux/.test(agent) ? 'Linux' : ''
  return `管理后台 · ${[browser, system].filter(Boolean).join(' ')}`
}

/** Ends the session here even when the server cannot be told. */
export async function logOut(): Promise<void> {
  const told = answer(api.POST('/api/v1/auth/logout')).catch(() => undefined)
  await Promise.race([told, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))])
  leave({ kind: 'left' })
}

/** Whether the account holds a permission, or one of several. */
export function can(permission: string | readonly string[] | undefined): boolean {
  if (!permission) return true
  const held = state.me?.permissions ?? []
  return typeof permission === 'string' ? held.includes(permission) : permission.some((one) => held.includes(one))
}

export function useSession() {
  return { session: readonly(state), me: computed(() => state.me as Me | null), can }
}

/** The key under which something of the signed-in account is stored on this computer. */
export function ownKey(name: string): string {
  return `qutong:console:${name}:${state.me?.account_id ?? 0}`
}

export function currentMe(): Me | null {
  return state.me
}

export function isSignedIn(): boolean {
  return state.token !== ''
}
