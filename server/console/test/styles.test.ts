import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const SRC = join(__dirname, '../src')

/** The classes that a file's styles say something about by themselves: `.days { … }`, not `.lp-open .days { … }`. */
function classesOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8')
  const style = file.endsWith('.css') ? text : (/<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? '')
  const selectors = [...style.replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/([^{};]+)\{/g)].flatMap(([, found]) => found!.split(','))
  return [...new Set(selectors.map((one) => /^\s*\.([\w-]+)\s*$/.exec(one)?.[1]).filter((name) => name !== undefined))]
}

describe('styles', () => {
  it('of one page change no other page once it has been open', () => {
    const owners = new Map<string, string[]>()
    const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(vue|css)$/.test(name))
    for (const file of files) for (const name of classesOf(file)) owners.set(name, [...(owners.get(name) ?? []), file])
    expect(owners.size).toBeGreaterThan(300)
    expect([...owners].filter(([, found]) => found.length > 1)).toEqual([])
  })
})
