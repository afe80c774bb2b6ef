import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const WORKER = join(__dirname, 'service-worker.js')
const PAGE = 'index.html'

/** Writes `sw.js` beside the H5 build's page: the service worker, told what the build consists of. */
export function withServiceWorker(): Plugin {
  return {
    name: 'qutong:with-service-worker',
    enforce: 'post',
    writeBundle({ dir }, bundle) {
      const page = bundle[PAGE]
      if (!dir || page?.type !== 'asset') return
      const names = Object.keys(bundle).filter((name) => name !== PAGE).sort()
      const large = (name: string) => name.endsWith('.wasm')
      const worker = readFileSync(WORKER, 'utf8')
      const version = createHash('sha256').update(JSON.stringify([names, page.source.toString(), worker])).digest('hex').slice(0, 12)
      const shell = { version, files: names.filter((name) => !large(name)), later: names.filter(large) }
      writeFileSync(join(dir, 'sw.js'), `const SHELL = ${JSON.stringify(shell)}\n${worker}`)
    },
  }
}
