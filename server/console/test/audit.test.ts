import { describe, expect, it } from 'vitest'
import { changesOf, collected, subjectOf, verbOf } from '@/patterns/audit'

const words = collected([
  { verbs: { edit: '修改', 'org.create': '建立档案' }, fields: { name: '名称', limit_fen: '额度' } },
  { values: { status: { active: '正常', frozen: '已冻结' } }, fields: { status: '状态' } },
])

describe('the audit trail', () => {
  it('knows the codes of a field from every area that has some', () => {
    const both = collected([{ values: { kind: { store: '门店' } } }, { values: { kind: { contract: '合同' } } }])
    expect(both.values.kind).toEqual({ store: '门店', contract: '合同' })
  })

  it('says what an edit changed, from what to what, in words', () => {
    const entry = { verb: 'edit', changes: { name: ['江南', ''], status: ['active', 'frozen'], limit_fen: [100, 123450] } }
    expect(changesOf(entry, words)).toEqual([
      { field: '名称', before: '江南', after: '空' },
      { field: '状态', before: '正常', after: '已冻结' },
      { field: '额度', before: '¥1.00', after: '¥1,234.50' },
    ])
  })

  it('says what was given by other verbs, and hides no value that it has no word for', () => {
    const entry = { verb: 'create', changes: { name: '江南', tags: ['a', 'b'], parent: null, odd: { x: 1 } } }
    expect(changesOf(entry, words)).toEqual([
      { field: '名称', after: '江南' },
      { field: 'tags', after: 'a、b' },
      { field: 'odd', after: 'x 1' },
    ])
    expect(verbOf({ subject_kind: 'org', verb: 'create' }, words)).toBe('建立档案')
    expect(verbOf({ subject_kind: 'org', verb: 'moved' }, words)).toBe('moved')
  })

  it('says what things are called, not their numbers', () => {
    const of = collected([{ subjects: { org: '组织' }, fields: { parent_id: '上级编号', id: '编号' } }])
    const entry = { verb: 'edit', changes: { parent_id: [1, 7] }, named: { parent_id: { 1: '清泉', 7: '江南' } } }
    expect(changesOf(entry, of)).toEqual([{ field: '上级', before: '清泉', after: '江南' }])
    expect(changesOf({ ...entry, named: {} }, of)).toEqual([{ field: '上级编号', before: '1', after: '7' }])
    const about = { subject_kind: 'org', subject_id: 7, subject_name: '江南', changes: {} }
    expect(subjectOf(about, of)).toBe('组织 江南')
    expect(subjectOf({ ...about, subject_name: '', changes: { name: '旧江南' } }, of)).toBe('组织 旧江南')
    expect(subjectOf({ ...about, subject_name: '' }, of)).toBe('组织 #7')
  })

  it('tells that a place was set, moved or taken away, in no degrees', () => {
    const moved = { verb: 'edit', changes: { lat: [30.25, 30.26], lng: [120.1, 120.2] } }
    expect(changesOf(moved, words)).toEqual([{ field: '位置', after: '已修改' }])
    expect(changesOf({ verb: 'edit', changes: { lat: [30.25, null], lng: [120.1, null] } }, words)).toEqual([{ field: '位置', after: '已清除' }])
    expect(changesOf({ verb: 'create', changes: { lat: 30.25, lng: 120.1 } }, words)).toEqual([{ field: '位置', after: '已设置' }])
    expect(changesOf({ verb: 'create', changes: { lat: null, lng: null } }, words)).toEqual([])
  })
})
