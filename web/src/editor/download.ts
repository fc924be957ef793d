// Getting text out of the page: as a file, or by the clipboard.

/** fileName turns a title into a name that every file system accepts; it ends in .txt if the title has no ending. */
export function fileName(title: string): string {
  const name = title.normalize('NFC').replace(/[\p{Cc}<>:"/\\|?*]+/gu, ' ').replace(/\s+/gu, ' ').replace(/^[. ]+|[. ]+$/gu, '').slice(0, 120)
  if (name === '') return 'text.txt'
  return /\.[a-z0-9]{1,10}$/iu.test(name) ? name : `${name}.txt`
}

/** save has the browser download a file. */
export function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000) // some browsers begin to read late
}

/** copy puts text on the clipboard and reports whether the browser allowed it. Pages without TLS are not allowed to use the new interface, except from localhost. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyOld(text)
  }
}

/** copyOld copies by selecting, which needs no TLS. */
function copyOld(text: string): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'unseen'
  const before = document.activeElement as HTMLElement | null
  ;(document.querySelector('dialog[open]') ?? document.body).append(field)
  field.select()
  try { return document.execCommand('copy') } catch { return false } finally {
    field.remove()
    before?.focus()
  }
}
