import { ElMessage, ElMessageBox } from 'element-plus'
import 'element-plus/es/components/message/style/css'
import 'element-plus/es/components/message-box/style/css'
import { t } from '@/texts'

/** Says briefly that something was done. */
export function tellDone(sentence: string): void {
  ElMessage({ message: sentence, type: 'success', grouping: true, duration: 2_400 })
}

/** Says why something was not done; stays longer, and can be put away. */
export function tellProblem(sentence: string): void {
  ElMessage({ message: sentence, type: 'error', grouping: true, showClose: true, duration: 6_000 })
}

/** Says something in passing. */
export function tellNote(sentence: string): void {
  ElMessage({ message: sentence, type: 'info', grouping: true, duration: 3_000 })
}

/** Asks before something that cannot be taken back. */
export async function confirmed(
  content: string,
  options: { title?: string; confirmText?: string; danger?: boolean } = {},
): Promise<boolean> {
  try {
    await ElMessageBox.confirm(content, options.title ?? '', {
      confirmButtonText: options.confirmText ?? t.common.confirm,
      cancelButtonText: t.common.cancel,
      confirmButtonType: options.danger ? 'danger' : 'primary',
      autofocus: true,
      closeOnClickModal: false,
    })
    return true
  } catch {
    return false
  }
}
