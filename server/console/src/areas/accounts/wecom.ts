import { answer, api } from '@/api/client'

/** The secret of this browser for a sign-in that is under way; it never leaves it but to finish that one. */
const KEPT = 'qutong:console:wecom'

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Goes to WeCom's page with the QR code; whoever confirms on the phone is sent back to this browser. */
export async function goToWeCom(purpose: 'login' | 'bind', to = ''): Promise<void> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)))
  const hashed = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const { url } = await answer(api.POST('/api/v1/auth/wecom/begin', { body: { challenge: base64url(new Uint8Array(hashed)), purpose } }))
  sessionStorage.setItem(KEPT, JSON.stringify({ verifier, to } satisfies Kept))
  location.assign(url)
}

interface Kept {
  verifier: string
  /** Where one was going before one had to sign in. */
  to: string
}

function kept(): Kept {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? '') as Kept
  } catch {
    return { verifier: 'begun-in-another-browser', to: '' }
  }
}

export interface Came {
  to: string
  answer: { code: string; state: string; verifier: string }
}

/** What WeCom sent the browser back with, taken out of the address; "refused" when nobody confirmed. */
export function cameFromWeCom(): Came | 'refused' | null {
  const query = new URLSearchParams(location.search)
  const state = query.get('state')
  if (!state) return null
  const code = query.get('code')
  for (const name of ['code', 'state', 'appid']) query.delete(name)
  const rest = query.toString()
  history.replaceState(history.state, '', location.pathname + (rest ? `?${rest}` : ''))
  const { verifier, to } = kept()
  sessionStorage.removeItem(KEPT)
  return code ? { to, answer: { code, state, verifier } } : 'refused'
}
