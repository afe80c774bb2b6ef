import { checkDigit } from '@shared/gtin'

/*
 * What a barcode says, by the GS1 General Specifications: chapter 3 (application identifiers), 4.13 (which go together),
 * 7.8 (element strings and FNC1), 7.9 (check digits), 7.11 (characters), 7.12 (years of two digits). The server reads the
 * same; tests/vectors/gs1.json holds both to it.
 */

/** What was read: a GTIN always has its 14 digits, a day is "2026-11-24". `text`: a code of no GS1 kind, as it is. */
export interface Scanned {
  text?: string
  /** (01) the trade item itself, or (02) what a logistic unit holds: `count` of it. */
  gtin?: string
  /** (00) the logistic unit. */
  sscc?: string
  lot_code?: string
  produced_on?: string
  packed_on?: string
  best_before?: string
  /** (17), or (15) where there is no other. */
  expires_on?: string
  serial?: string
  count?: number
}

/** Why a code is refused; the server has the same words. */
export type Why = 'empty' | 'check_digit' | 'unknown_ai' | 'length' | 'date' | 'count' | 'repeated' | 'pairing' | 'no_item'

export interface Refusal {
  why: Why
  /** The application identifier at fault, or the digits where there is none. */
  at: string
  /** What a code says that names no goods: the second barcode of a label, with lot and day. */
  said?: Scanned
}

export type Reading = { scanned: Scanned; refusal: null } | { scanned: null; refusal: Refusal }

/** FNC1 between two elements, as every reader reports it. */
export const FNC1 = '\x1d'
/** Before the first element and after the last it says nothing more. */
const EDGES = new RegExp(`^${FNC1}+|${FNC1}+$`, 'g')

interface Element {
  ai: string
  value: string
}

class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.why)
  }
}

function refuse(why: Why, at: string): never {
  throw new Refused({ why, at })
}

const NAMES = {
  '00': 'sscc', '01': 'gtin', '02': 'gtin', '10': 'lot_code', '11': 'produced_on', '13': 'packed_on', '15': 'best_before', '17': 'expires_on',
  '21': 'serial', '30': 'count', '37': 'count',
} as const

type Known = keyof typeof NAMES

const DATES: readonly string[] = ['11', '13', '15', '17']
const NUMBERS: readonly string[] = ['30', '37']
const TEXT_MAX = 20

/** Figure 7.8.5-2: element strings whose length, with the identifier, is known from its first two digits. */
const PREDEFINED: Record<string, number> = {
  '00': 20, '01': 16, '02': 16, '03': 16, '04': 18, '11': 8, '12': 8, '13': 8, '14': 8, '15': 8, '16': 8, '17': 8, '18': 8, '19': 8, '20': 4,
  '31': 10, '32': 10, '33': 10, '34': 10, '35': 10, '36': 10, '41': 16,
}
/** Figure 3.2-1: the first digits of the identifiers that GS1 has given out; what the rest of them say is of no use here. */
const GIVEN_OUT = /^(0[0-3]|1[0-35-7]|2[0-5]|3[0-79]|4[0-3]|7[0-2]|8[0-2]|9\d)/
/** Figure 7.11-1, GS1 AI encodable character set 82. */
const CHARACTERS = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+$/

/** The AIM identifiers (]C1 …) that scanners put before their data, and whether they say that GS1 data follow. */
const AIM = /^\](C1|d2|Q3|e0|J1)/
const AIM_OTHER = /^\][A-Za-z]\d/
const GS1_SYMBOLOGY = /^gs1|databar/i
/** Some readers do not say that a code is of GS1: it then begins with a number of goods. */
const MESSAGE = /^(00\d{18}|0[12]\d{14})/

/** Reads a code as the camera, a hand scanner or a keyboard gave it. Never throws. */
export function readCode(input: string, symbology = '', today: Date = new Date()): Reading {
  try {
    return { scanned: meaningOf(input.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ''), symbology, today), refusal: null }
  } catch (error) {
    if (error instanceof Refused) return { scanned: null, refusal: error.refusal }
    throw error
  }
}

function meaningOf(input: string, symbology: string, today: Date): Scanned {
  const flagged = AIM.test(input) || input.includes(FNC1) || GS1_SYMBOLOGY.test(symbology)
  const text = input.replace(AIM_OTHER, '').replace(EDGES, '')
  if (!text) refuse('empty', '')
  const link = fromLink(text)
  if (link) return together(link, today)
  if (/^\(\d{2,4}\)/.test(text)) return together(fromPrint(text), today)
  if (flagged) return together(elements(text), today)
  if (/^upc-?e$/i.test(symbology) && /^[01]\d{7}$/.test(text)) return { gtin: checked(fromUpcE(text), text).padStart(14, '0') }
  if (/^\d+$/.test(text) && [8, 12, 13, 14].includes(text.length)) return { gtin: checked(text, text).padStart(14, '0') }
  if (MESSAGE.test(text)) return together(elements(text), today)
  return { text }
}

/** 5.2.2.4: the zeros that a UPC-E leaves out. */
function fromUpcE(text: string): string {
  const [system = '', check = '', six = ''] = [text.slice(0, 1), text.slice(7), text.slice(1, 7)]
  const last = Number(six[5])
  const full = last <= 2 ? `${six.slice(0, 2)}${last}0000${six.slice(2, 5)}` : last === 3 ? `${six.slice(0, 3)}00000${six.slice(3, 5)}` : last === 4 ? `${six.slice(0, 4)}00000${six[4]}` : `${six.slice(0, 5)}0000${last}`
  return system + full + check
}

/** Element strings one after the other (7.8.4). */
function elements(text: string): Element[] {
  const found: Element[] = []
  let rest = text
  while (rest) {
    const ai = rest.slice(0, 2)
    if (!GIVEN_OUT.test(rest)) refuse('unknown_ai', ai)
    const end = rest.indexOf(FNC1)
    const whole = PREDEFINED[ai]
    const until = whole ?? (end < 0 ? rest.length : end)
    const element = rest.slice(0, until)
    if (whole !== undefined && (element.length < whole || element.includes(FNC1))) refuse('length', ai)
    found.push({ ai, value: element.slice(2) })
    rest = rest.slice(until).replace(EDGES, '')
  }
  return found
}

/** The line printed below the code, with its identifiers in brackets, as people type it and some scanners send it. */
function fromPrint(text: string): Element[] {
  return [...text.matchAll(/\((\d{2,4})\)(.*?)(?=\(\d{2,4}\)|$)/g)].map(([, ai, value]) => {
    if (!GIVEN_OUT.test(ai!)) refuse('unknown_ai', ai!)
    return { ai: ai!, value: value!.trim() }
  })
}

/** GS1 Digital Link: https://…/01/{gtin}/10/{lot}?17={day}. Any other address is none of ours. */
function fromLink(text: string): Element[] | null {
  if (!/^https?:\/\//i.test(text)) return null
  const [address = '', query = ''] = text.replace(/#.*$/, '').split('?')
  const steps = address.split('/').slice(3)
  const start = steps.findIndex((step, index) => ['00', '01'].includes(step) && /^\d{8,18}$/.test(steps[index + 1] ?? ''))
  if (start < 0) return null
  const found: Element[] = []
  for (let index = start; index < steps.length; index += 2) found.push({ ai: steps[index]!, value: plain(steps[index + 1] ?? '') })
  for (const pair of query.split('&')) {
    const [ai = '', value = ''] = pair.split('=')
    if (/^\d{2}$/.test(ai)) found.push({ ai, value: plain(value) })
  }
  // In an address a GTIN may be shorter than 14 digits.
  return found.map((element) => (element.ai === '01' ? { ai: '01', value: element.value.padStart(14, '0') } : element))
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return refuse('length', text)
  }
}

/** The elements that concern goods, each of them right, and right together (4.13). */
function together(found: Element[], today: Date): Scanned {
  const values = new Map<string, string>()
  for (const { ai, value } of found) {
    if (!(ai in NAMES)) continue
    if ((values.get(ai) ?? value) !== value) refuse('repeated', ai)
    values.set(ai, value)
  }
  const scanned: Scanned = {}
  for (const [ai, value] of values) Object.assign(scanned, { [NAMES[ai as Known]]: valueOf(ai, value, today) })
  const until = scanned.expires_on ?? scanned.best_before
  if (until) scanned.expires_on = until
  if (!scanned.gtin && !scanned.sscc) throw new Refused({ why: 'no_item', at: '', said: scanned })
  unpaired(values)
  return scanned
}

/** (01) is the thing scanned, (02) what it holds, and then (37) says how many. */
function unpaired(values: ReadonlyMap<string, string>): void {
  if (values.has('01') && values.has('02')) refuse('pairing', '02')
  if (values.has('02') !== values.has('37')) refuse('pairing', values.has('02') ? '37' : '02')
}

function valueOf(ai: string, value: string, today: Date): string | number {
  if (ai === '00') return digitsOf(ai, value, 18)
  if (ai === '01' || ai === '02') return digitsOf(ai, value, 14)
  if (DATES.includes(ai)) return dayOf(ai, value, today)
  if (NUMBERS.includes(ai)) return numberOf(ai, value)
  return value.length <= TEXT_MAX && CHARACTERS.test(value) ? value : refuse('length', ai)
}

function digitsOf(ai: string, value: string, length: number): string {
  return value.length === length && /^\d+$/.test(value) ? checked(value, ai) : refuse('length', ai)
}

function isChecked(digits: string): boolean {
  return checkDigit(digits.slice(0, -1)) === Number(digits.slice(-1))
}

function checked(digits: string, at: string): string {
  if (!isChecked(digits)) refuse('check_digit', at)
  return digits
}

function numberOf(ai: string, value: string): number {
  if (!/^\d{1,8}$/.test(value)) refuse('length', ai)
  return Number(value) || refuse('count', ai)
}

/** YYMMDD; day 00 is the last one of the month. */
function dayOf(ai: string, value: string, today: Date): string {
  if (!/^\d{6}$/.test(value)) refuse('length', ai)
  const year = fullYear(Number(value.slice(0, 2)), today.getFullYear())
  const month = Number(value.slice(2, 4))
  const last = new Date(year, month, 0).getDate()
  const day = Number(value.slice(4)) || last
  if (month < 1 || month > 12 || day > last) refuse('date', ai)
  return `${year}-${value.slice(2, 4)}-${String(day).padStart(2, '0')}`
}

/** Figure 7.12-1: the year lies between 49 years before and 50 years after this one. */
function fullYear(twoDigits: number, current: number): number {
  const century = current - (current % 100)
  const ahead = twoDigits - (current % 100)
  if (ahead >= 51) return century - 100 + twoDigits
  if (ahead <= -50) return century + 100 + twoDigits
  return century + twoDigits
}
