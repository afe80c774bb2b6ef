import type { Schemas } from '@/api/types'

export type Job = Schemas['JobOut']
export type JobSummary = Schemas['JobSummary']
export type Report = Schemas['ImportReport']
export type ImportKind = Schemas['ImportKind']

export const t = {
  title: '导入导出',
  begin: '导入',
  jobs: '记录',
  empty: '还没有导入或导出过',
  any: '全部',
  imports: '导入',
  exports: '导出',
  cols: { file: '文件', what: '内容', state: '状态', rows: '行数', at: '时间' },
  states: { queued: '排队中', running: '进行中', ready: '待确认', done: '已完成', failed: '未完成', cancelled: '已取消' },
  tags: { queued: 'tag-wait', running: 'tag-go', ready: 'tag-move', done: 'tag-done', failed: 'tag-stop', cancelled: '' },
  toFix: '有错待改',
  counts: { new: '新增', changed: '更新', same: '不变', wrong: '有错' },
  rowStates: { new: '新增', changed: '更新', same: '不变', wrong: '有错' } as Record<string, string>,
  rowTags: { new: 'tag-done', changed: 'tag-go', same: '', wrong: 'tag-stop' } as Record<string, string>,
  download: '下载',
  marked: '下载标红的文件',
  cancel: '取消',
  cancelAsk: '取消后已经写入的部分会全部撤回，确定吗？',
  again: '换一个文件',
  template: '下载模板',
  pick: '选择填好的文件，或拖到这里',
  dropping: '松开即上传',
  sending: '正在上传…',
  limits: (rows: number, megabytes: number) => `.xlsx 格式，最多 ${rows.toLocaleString('zh-CN')} 行、${megabytes} MB`,
  notXlsx: '请选择 .xlsx 格式的 Excel 文件',
  tooLarge: (megabytes: number) => `文件不能超过 ${megabytes} MB`,
  required: '必填',
  confirm: (rows: number) => `确认导入 ${rows.toLocaleString('zh-CN')} 行`,
  nothing: '文件里的内容和系统里的一样，没有需要改动的',
  imported: (added: number, changed: number) => `已导入：新增 ${added.toLocaleString('zh-CN')} 行，更新 ${changed.toLocaleString('zh-CN')} 行`,
  allOrNothing: '全部写入或全部不写，不会只写一半',
  wrongs: (shown: number, all: number) => (all > shown ? `前 ${shown} 处错误（共 ${all} 处）` : `${all} 处错误`),
  fix: '请在 Excel 里改好后重新上传；现在没有写入任何内容。',
  preview: '文件内容',
  onlyWrong: '只看有错的行',
  gone: '没有这种导入，或您的账号没有权限',
}

/** A job's state in a word and the class of its tag; a checked file with wrong cells waits for another file. */
export function stateOf(job: Pick<JobSummary, 'state' | 'wrong'>): { word: string; tag: string } {
  if (job.state === 'ready' && job.wrong) return { word: t.toFix, tag: 'tag-stop' }
  return { word: t.states[job.state], tag: t.tags[job.state] }
}

/** Whether a job is still on its way. */
export function isUnderWay(job: Pick<JobSummary, 'state'>): boolean {
  return job.state === 'queued' || job.state === 'running'
}
