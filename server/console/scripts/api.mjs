/*
 * Makes src/api/schema.d.ts, the types of the API, from the server's own document. Nothing is done when the types are
 * those of this document already; they are written in one piece, as checks that run side by side both ask for them.
 */
import { createHash } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const DOCUMENT = fileURLToPath(new URL('../../../miniprogram/openapi.json', import.meta.url))
const TYPES = fileURLToPath(new URL('../src/api/schema.d.ts', import.meta.url))

const text = await readFile(DOCUMENT, 'utf8')
const mark = `/* made from the document ${createHash('sha256').update(text).digest('hex')} */\n`
const kept = await readFile(TYPES, 'utf8').catch(() => '')
if (!kept.startsWith(mark)) {
  const document = JSON.parse(text)
  // The client sends the header of idempotency itself: no caller has to.
  for (const operations of Object.values(document.paths)) {
    for (const operation of Object.values(operations)) {
      operation.parameters = operation.parameters?.filter((parameter) => parameter.in !== 'header')
    }
  }
  const types = astToString(await openapiTS(document, { defaultNonNullable: false }))
  const fresh = `${TYPES}.${process.pid}`
  await writeFile(fresh, mark + types)
  await rename(fresh, TYPES)
}
