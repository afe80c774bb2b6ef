/* The size of the mp-weixin package: WeChat refuses a main package over 2 MB, ours stays under 1 MB. */
const { readdirSync, statSync } = require('node:fs')
const { join, relative } = require('node:path')

const PACKAGE = join(__dirname, '..', 'dist', 'build', 'mp-weixin')
const LIMIT = 1024 * 1024

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? files(path) : [{ path: relative(PACKAGE, path), bytes: statSync(path).size }]
  })
}

/** Folders of sub-packages, which WeChat loads on their own. */
function subPackages() {
  const { subPackages: found = [], subpackages = found } = require(join(PACKAGE, 'app.json'))
  return subpackages.map(({ root }) => `${root.replace(/\/$/, '')}/`)
}

function measure() {
  const roots = subPackages()
  const main = files(PACKAGE).filter(({ path }) => !roots.some((root) => path.startsWith(root)))
  const total = main.reduce((sum, { bytes }) => sum + bytes, 0)
  const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`
  console.log(`mp-weixin main package: ${kb(total)} of ${kb(LIMIT)} in ${main.length} files`)
  for (const { path, bytes } of main.sort((a, b) => b.bytes - a.bytes).slice(0, 5)) console.log(`  ${kb(bytes).padStart(10)}  ${path}`)
  return total
}

try {
  if (measure() > LIMIT) {
    console.error('The main package is too large: move something into a sub-package.')
    process.exitCode = 1
  }
} catch (error) {
  console.error(`No built package to measure (${error.message}); run "npm run build:mp" first.`)
  process.exitCode = 1
}
