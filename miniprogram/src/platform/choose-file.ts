/** A file that somebody chose, as it can be uploaded. */
export interface ChosenFile {
  name: string
  path: string
  /** The browser's own, which keeps its name. */
  file?: File
}

/** Lets somebody choose a table: from the device in a browser, from a chat in WeChat; null when he went back. */
export function chooseTable(): Promise<ChosenFile | null> {
  // #ifdef H5
  return new Promise((resolve) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = '.xlsx'
    input.style.display = 'none'
    input.setAttribute('data-testid', 'file-input')
    const done = (file: File | undefined): void => {
      input.remove()
      resolve(file ? { name: file.name, path: URL.createObjectURL(file), file } : null)
    }
    input.onchange = () => done(input.files?.[0])
    input.oncancel = () => done(undefined)
    document.body.append(input)
    input.click()
  })
  // #endif
  // #ifdef MP-WEIXIN

  return new Promise((resolve) => {
    uni.chooseMessageFile({
      count: 1,
      type: 'file',
      extension: ['xlsx'],
      success: ({ tempFiles }) => {
        const [chosen] = tempFiles as { name: string; path: string }[]
        resolve(chosen ? { name: chosen.name, path: chosen.path } : null)
      },
      fail: () => resolve(null),
    })
  })
  // #endif
}
