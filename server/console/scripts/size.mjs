/*
 * Fails when what a browser loads before it shows the first page weighs too much, or when the charts are a part of it.
 * Counted, gzipped, from the build's manifest: the page, and all that the heaviest of the first pages imports at once.
 */
import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'

const LIMIT = 500 * 1024
const DIST = new URL('../dist/', import.meta.url)
const FIRST = ['src/shell/LoginPage.vue', 'src/areas/home/HomePage.vue', 'src/areas/orders/OrdersPage.vue']

const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', DIST), 'utf8'))
const weigh = async (file) => gzipSync(await readFile(new URL(file, DIST)), { level: 6 }).length

/** The module of a source, which the build files under its name alone when others share it. */
function find(source) {
  const name = source.replace(/^.*\/|\.\w+$/g, '')
  const module = manifest[source] ?? Object.values(manifest).find((one) => one.name === name)
  if (!module) throw new Error(`${source} is not in the build: name the first pages anew in scripts/size.mjs`)
  return module
}

/** A module with all that it imports at once: scripts, styles, pictures. */
function loaded(name, seen = new Set()) {
  const module = find(name)
  if (seen.has(name)) return new Set()
  seen.add(name)
  const files = new Set([module.file, ...(module.css ?? []), ...(module.assets ?? [])])
  for (const other of module.imports ?? []) loaded(other, seen).forEach((file) => files.add(file))
  return files
}

const page = await weigh('index.html')
let failed = false
for (const first of FIRST) {
  const files = new Set([...loaded('index.html'), ...loaded('src/shell/AppShell.vue'), ...loaded(first)])
  const sizes = await Promise.all([...files].map(weigh))
  const total = page + sizes.reduce((sum, size) => sum + size, 0)
  const charts = [...files].filter((file) => /charts/.test(file))
  console.log(`${first}: ${(total / 1024).toFixed(1)} KB gzipped in ${files.size + 1} files`)
  if (total > LIMIT) console.error(`${first}: more than ${LIMIT / 1024} KB`)
  if (charts.length) console.error(`${first}: loads the charts at once: ${charts.join(', ')}`)
  failed ||= total > LIMIT || charts.length > 0
}
process.exitCode = failed ? 1 : 0
