/*
 * Opens the H5 build without network. The build writes what it consists of before this text (`SHELL`): `version`,
 * `files` that every page needs, `later` those that only some need (the camera's WebAssembly).
 *
 * A version is stored whole or not at all, page and scripts together, so that no page ever meets the scripts of
 * another version. The API is never stored: what of it may be shown offline, the app keeps itself.
 */
/* global SHELL */
const PREFIX = 'qutong-'
const STORE = PREFIX + SHELL.version
/** So long the network may think before the stored page is shown: in a cellar it is often there and says nothing. */
const PATIENCE_MS = 4000

const address = (file) => new URL(file, self.registration.scope).href
const LATER = new Set(SHELL.later.map(address))
const HASHED = new Set([...SHELL.files.map(address), ...LATER])
const PAGE = address('./')

self.addEventListener('install', (event) => event.waitUntil(storeAll().then(() => self.skipWaiting())))
self.addEventListener('activate', (event) => event.waitUntil(forgetOlder().then(() => self.clients.claim())))
self.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  if (method !== 'GET') return
  const [place] = url.split(/[?#]/)
  if (HASHED.has(place)) event.respondWith(fromStore(event.request, place))
  else if (mode === 'navigate' && place === PAGE) event.respondWith(fromNetwork(event.request))
})

async function storeAll() {
  const store = await caches.open(STORE)
  await store.addAll([new Request(PAGE, { cache: 'reload' }), ...SHELL.files.map(address)])
}

/** Removes the older versions; what they loaded on demand and this one has too is moved over first. */
async function forgetOlder() {
  const store = await caches.open(STORE)
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === STORE) continue
    const older = await caches.open(name)
    for (const file of LATER) {
      const kept = await older.match(file)
      if (kept) await store.put(file, kept)
    }
    await caches.delete(name)
  }
}

/** A file whose name has the hash of its contents: what is stored is right. */
async function fromStore(request, place) {
  const store = await caches.open(STORE)
  const stored = await store.match(place)
  if (stored) return stored
  const answer = await fetch(request)
  if (answer.ok) await store.put(place, answer.clone())
  return answer
}

/** The page itself: the newest there is, the stored one where the server cannot be reached. */
async function fromNetwork(request) {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), PATIENCE_MS)
  try {
    const answer = await fetch(request, { signal: limit.signal })
    // A gateway that answers for a server which is away is no server.
    if (answer.status < 500) return answer
  } catch {
    // No network, or none that answers.
  } finally {
    clearTimeout(timer)
  }
  const store = await caches.open(STORE)
  return (await store.match(PAGE)) ?? Response.error()
}
