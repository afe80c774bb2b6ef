import type { Component } from 'vue'
import type { RouteRecordRaw } from 'vue-router'
import type { IconName } from './icons'

/** The groups of the menu, by work, in their order. */
export const GROUPS = ['工作台', '订单', '渠道', '商品与价格', '库存', '追溯', '规则', '数据', '系统'] as const
export type Group = (typeof GROUPS)[number]

/** A line of the menu; also found by the command palette. */
export interface MenuItem {
  group: Group
  title: string
  /** Where it leads, e.g. "/orders". */
  to: string
  icon: IconName
  /** Place in its group; tens, so that others fit between. */
  order?: number
  /** Needed to see it: one permission, or any of several. */
  permission?: string | readonly string[]
  /** How many things wait there; reactive. */
  count?: () => number
  /** Other words and pinyin by which the command palette finds it. */
  keywords?: string
}

/** Something that the command palette found through the API. */
export interface Found {
  title: string
  note?: string
  to: string
}

/** Finds things of one kind, e.g. orders by number. */
export interface Finder {
  title: string
  icon: IconName
  permission?: string | readonly string[]
  find: (words: string, signal: AbortSignal) => Promise<Found[]>
}

/** A way to sign in beside phone and password; its component calls `enter` of the session. */
export interface LoginMethod {
  key: string
  title: string
  component: () => Promise<{ default: Component }>
}

/** The words for an area's entries in the audit trail. */
export interface AuditWords {
  /** What an entry is about: { org: '经销商、门店' }. */
  subjects?: Record<string, string>
  /** What was done, by "verb" or, where it reads otherwise for one subject, "subject.verb": { 'org.create': '建立档案' }. */
  verbs?: Record<string, string>
  /** The fields that changed: { contact_phone: '联系电话' }. */
  fields?: Record<string, string>
  /** The values of fields that are codes: { status: { active: '正常', frozen: '已冻结' } }. */
  values?: Record<string, Record<string, string>>
  /** The page of a subject, from which its entries can be reached. */
  page?: Record<string, (id: number) => string>
}

/** Something that waits, on the first page: a card with real figures; it shows nothing when nothing waits. */
export interface HomeCard {
  /** Place on the page; tens. */
  order: number
  permission?: string | readonly string[]
  component: () => Promise<{ default: Component }>
}

/** What a folder below src/areas brings to the console. */
export interface Area {
  menu?: MenuItem[]
  /** Pages without a line in the menu, which the command palette finds all the same. */
  places?: MenuItem[]
  /** Pages inside the shell, loaded when they are opened; paths without a leading slash. */
  routes: RouteRecordRaw[]
  finders?: Finder[]
  logins?: LoginMethod[]
  audit?: AuditWords
  home?: HomeCard[]
}

declare module 'vue-router' {
  interface RouteMeta {
    /** The page's name in the browser's tab. */
    title?: string
    /** Needed to open it: one permission, or any of several. */
    permission?: string | readonly string[]
    /** The menu line that is lit, where it is not the one with the longest equal beginning. */
    menu?: string
  }
}

/** Says what an area brings; the shell collects them all. */
export function defineArea(area: Area): Area {
  return area
}

const found = import.meta.glob<{ default: Area }>('../areas/*/index.ts', { eager: true })

export const areas: Area[] = Object.keys(found)
  .sort()
  .map((path) => found[path]!.default)

export const menu: MenuItem[] = areas.flatMap((area) => area.menu ?? [])
export const places: MenuItem[] = areas.flatMap((area) => area.places ?? [])
export const finders: Finder[] = areas.flatMap((area) => area.finders ?? [])
export const homeCards: HomeCard[] = areas.flatMap((area) => area.home ?? [])
export const logins: LoginMethod[] = areas.flatMap((area) => area.logins ?? [])

/** The menu of somebody with these rights, in its groups; groups without a line are left out. */
export function menuFor(allowed: (permission: MenuItem['permission']) => boolean, items: MenuItem[] = menu): { group: Group; items: MenuItem[] }[] {
  return GROUPS.map((group) => ({
    group,
    items: items
      .filter((item) => item.group === group && allowed(item.permission))
      .sort((one, other) => (one.order ?? 100) - (other.order ?? 100)),
  })).filter(({ items: lines }) => lines.length > 0)
}

/** All pages that somebody with these rights may open, as the menu has them in order, and what has no line there. */
export function pagesFor(allowed: (permission: MenuItem['permission']) => boolean): MenuItem[] {
  return [...menuFor(allowed).flatMap(({ items }) => items), ...places.filter((item) => allowed(item.permission))]
}

/** The menu line that belongs to an address: the one with the longest equal beginning. */
export function menuItemOf(path: string, items: MenuItem[] = menu): MenuItem | undefined {
  return items
    .filter((item) => path === item.to || path.startsWith(item.to === '/' ? '//' : `${item.to}/`))
    .sort((one, other) => other.to.length - one.to.length)[0]
}
