const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const { ROOT } = require('./phone.cjs')

const files = fs.readdirSync(ROOT, { recursive: true }).filter((file) => /\.(js|json|wxml|wxss)$/.test(file))
const texts = files.map((file) => [file, fs.readFileSync(path.join(ROOT, file), 'utf8')])

// A name space and pages of manuals in messages to developers, which are never asked; and the server of a package that
// was built for a developer.
const OWN = /^https?:\/\/(www\.w3\.org|vuejs\.org|uniapp\.dcloud\.net\.cn|localhost:8000)/

test('the package names no host but its own server, so that nobody outside learns who opens it', () => {
  assert.ok(files.length > 50)
  for (const [file, text] of texts) {
    const strangers = (text.match(/https?:\/\/[\w.:-]+/g) ?? []).filter((url) => !OWN.test(url))
    assert.deepEqual(strangers, [], file)
  }
})

test('the package does not call the makers of its framework when it starts', () => {
  for (const [file, text] of texts) assert.ok(!text.includes('preloadAssets('), file)
})
