// The CodeMirror part of the editor page: text, caret, keys, input method.

import { holds, pause } from './eventually.mjs'

export const content = (page) => page.locator('.cm-content').first()

/** edit opens a thread in a window of a person, ready for typing. */
export async function edit(world, person, thread) {
  const page = await world.visit(person, `/t/${thread}`)
  await ready(page)
  return page
}

/** ready waits until the text is there and accepts keys. */
export const ready = (page) => page.locator('.cm-content[contenteditable=true]').waitFor()

/** textOf is the whole local text, or null if there is none yet; the DOM has only the visible part. */
export const textOf = (page) => page.evaluate(() => document.querySelector('.cm-content')?.cmTile.root.view.state.doc.toString() ?? null)

/** shown are the visible lines in the DOM. */
export const shown = (page) => page.locator('.cm-line').evaluateAll((lines) => lines.map((l) => l.textContent))

export const caret = (page) => page.evaluate(() => document.querySelector('.cm-content').cmTile.root.view.state.selection.main.head)

/** place puts the caret at a position, in UTF-16 units, and the focus into the text. */
export async function place(page, pos) {
  await content(page).focus()
  await page.evaluate((anchor) => {
    const { view } = document.querySelector('.cm-content').cmTile.root
    view.dispatch({ selection: { anchor: Math.min(anchor, view.state.doc.length) }, scrollIntoView: true })
  }, pos)
}

/** type sends keys, a keydown each; line breaks are Enter. */
export async function type(page, text, delay = 0) {
  for (const [i, line] of text.split('\n').entries()) {
    if (i) await page.keyboard.press('Enter')
    if (line) await page.keyboard.type(line, { delay })
  }
}

export const paste = (page, text) => content(page).evaluate((el, plain) => {
  const data = new DataTransfer()
  data.setData('text/plain', plain)
  el.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
}, text)

/** tryNow presses the button of that name, unless the connection is back before. */
export async function tryNow(page) {
  const button = page.getByRole('button', { name: 'Try now' })
  await holds(async () => (await button.count()) === 0 || button.click({ timeout: 1000 }).then(() => true, () => false), 'the connection is tried')
}

/** An input method, as the browser sees one. */
export async function inputMethod(page) {
  const cdp = await page.context().newCDPSession(page)
  return {
    compose: (text) => cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length }),
    commit: (text) => cdp.send('Input.insertText', { text }),
    /** syllables composes and commits each, as a Hangul keyboard does. */
    async syllables(text, between = 0) {
      for (const s of text) {
        for (const stage of stages(s)) {
          await this.compose(stage)
          if (between) await pause(between)
        }
        await this.commit(s)
      }
    },
  }
}

const INITIALS = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ']
/** stages are the visible stages of a Hangul syllable being composed: ㅎ, 하, 한. */
export function stages(syllable) {
  const index = syllable.codePointAt(0) - 0xac00
  if (index < 0 || index >= 11_172) return [syllable]
  const open = String.fromCodePoint(0xac00 + index - (index % 28))
  return [...new Set([INITIALS[Math.floor(index / 588)], open, syllable])]
}
