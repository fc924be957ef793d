// What people do on the page, and what it must show then.

import assert from 'node:assert/strict'

const field = (page) => page.locator('textarea')
const rows = (page) => page.locator('.row:not(.hand) .text')
const unique = (title) => `${title} ${Date.now().toString(36)}`

async function start(page, title) {
  await page.locator('[name=title]').fill(title)
  await page.keyboard.press('Enter')
  await field(page).waitFor()
  return new URL(page.url()).hash
}

/** eventually waits until f returns the wanted value, and shows the last value if it never does. */
async function eventually(f, wanted, ms = 120_000) {
  const end = Date.now() + ms
  for (;;) {
    const got = await f()
    try {
      assert.deepEqual(got, wanted)
      return
    } catch (e) {
      if (Date.now() > end) throw e
    }
    await new Promise((r) => setTimeout(r, 30))
  }
}
/** logged is the server's text, which may be newer than a page's. */
const logged = async (url, mock, hash) => (mock
  ? mock.threads.get(hash.slice(1)).lines.map((l) => l.value).join('\n')
  : (await fetch(`${url}/api/threads/${hash.slice(1)}/text`)).text())

/** texts are the lines as seen, the line in hand at its place. */
const texts = (page) => page.locator('.row').evaluateAll((all) => all
  .map((r) => { const t = r.querySelector('.text'); return t.value ?? t.textContent })
  .filter((t, i, list) => t !== '' || i < list.length - 1))
const mark = (page) => page.locator('.hand .mark').textContent()
const onDisk = (page) => eventually(async () => /On disk #|저장됨/.test(await mark(page)), true)

export const stories = {
  async 'two people see each other type'({ person }) {
    const a = await person('Alice')
    const hash = await start(a, unique('Minutes'))
    const b = await person('소라', { hash, locale: 'ko-KR' })
    await field(b).waitFor()
    await field(a).pressSequentially('Hello')
    await eventually(() => texts(b), ['Hello'])
    await onDisk(a)
    await field(a).press('Enter')
    await eventually(() => b.locator('.row .mark').first().textContent(), '✓')
    await field(b).pressSequentially('안녕하세요')
    await eventually(() => texts(a), ['Hello', '안녕하세요'])
    await field(a).pressSequentially('third')
    await eventually(() => texts(b), ['Hello', '안녕하세요', 'third'])
    await eventually(() => b.locator('.who .author').allTextContents(), ['Alice', '소라', 'Alice'])
    assert.equal(await b.evaluate(() => document.documentElement.lang), 'ko')
  },

  async 'one line by two hands loses nothing'({ person }) {
    const a = await person('Alice')
    const hash = await start(a, unique('Both'))
    await field(a).pressSequentially('middle')
    await onDisk(a)
    const b = await person('Ben', { hash })
    await rows(b).first().click()
    await field(b).press('Home')
    await Promise.all([field(b).pressSequentially('<<<<<<<<', { delay: 15 }), field(a).pressSequentially('>>>>>>>>', { delay: 15 })])
    await eventually(() => texts(a), ['<<<<<<<<middle>>>>>>>>'])
    await eventually(() => texts(b), ['<<<<<<<<middle>>>>>>>>'])
    assert.equal(await field(b).evaluate((f) => f.selectionStart), 8)
    assert.equal(await field(a).evaluate((f) => f.selectionStart), 22)
  },

  async 'an input method is left in peace'({ person }) {
    const a = await person('Alice')
    const hash = await start(a, unique('IME'))
    await field(a).pressSequentially('ab')
    await onDisk(a)
    const b = await person('Ben', { hash })
    await rows(b).first().click()
    await field(b).press('Home')
    const ime = await a.context().newCDPSession(a)
    const compose = (text) => ime.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
    await compose('ㅎ')
    await compose('하')
    await eventually(() => texts(b), ['ab하'])
    await field(b).pressSequentially('X')
    await eventually(() => texts(b), ['Xab하'])
    await a.waitForTimeout(300)
    assert.equal(await field(a).inputValue(), 'ab하')
    await compose('한')
    await eventually(() => texts(b), ['Xab한'])
    // Enter that ends a composition does not end the line.
    await field(a).evaluate((f) => f.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true })))
    await ime.send('Input.insertText', { text: '한' })
    await eventually(() => texts(a), ['Xab한'])
    await field(a).pressSequentially('!')
    await eventually(() => texts(b), ['Xab한!'])
    assert.equal(await rows(b).count(), 0)
    await field(a).press('Enter')
    await eventually(() => b.locator('.hand .mark').textContent(), '✓')
  },

  async 'a broken connection pauses writing, and goes on by itself'({ person, proxy, shot }) {
    const a = await person('Alice')
    const hash = await start(a, unique('Cable'))
    await field(a).pressSequentially('one')
    await field(a).press('Enter')
    await field(a).pressSequentially('two')
    await onDisk(a)
    proxy.cut()
    await a.locator('.banner.down').waitFor()
    await eventually(() => field(a).evaluate((f) => f.readOnly), true)
    await shot(a, 'offline')
    proxy.mend()
    await a.locator('.banner button').click({ timeout: 1000 }).catch(() => {}) // it may be back by itself
    await eventually(() => field(a).evaluate((f) => f.readOnly), false)
    assert.equal(await a.locator('.unsaved').count(), 0)
    await field(a).pressSequentially(' goes on')
    await onDisk(a)
    const b = await person('Ben', { hash })
    await eventually(() => texts(b), ['one', 'two goes on'])
  },

  async 'words without a receipt when the connection breaks are named and not sent again'({ person, proxy, url, mock, shot }) {
    const a = await person('Alice')
    const hash = await start(a, unique('Doubt'))
    await field(a).pressSequentially('known')
    await onDisk(a)
    proxy.deaf()
    await field(a).pressSequentially(' more')
    await field(a).press('Enter')
    await field(a).pressSequentially('unheard')
    await eventually(() => logged(url, mock, hash), 'known ') // one edit in flight, which arrived
    proxy.cut()
    await eventually(() => a.locator('.unsaved li').allTextContents(), ['known more', 'unheard'])
    proxy.mend()
    await eventually(() => field(a).evaluate((f) => f.readOnly), false)
    await eventually(() => texts(a), ['known '])
    await shot(a, 'unsaved')
    await a.locator('.unsaved button').click()
    assert.equal(await a.locator('.unsaved').count(), 0)
    await field(a).pressSequentially('again')
    await onDisk(a)
    assert.equal(await logged(url, mock, hash), 'known \nagain')
  },

  async 'a link keeps its goal through the login, and a dead one says so'({ person }) {
    const a = await person('Alice')
    const title = unique('Linked')
    const hash = await start(a, title)
    const b = await person('', { hash })
    await b.locator('[name=name]').fill('Ben')
    await b.getByRole('button', { name: 'Enter' }).click()
    await eventually(() => b.locator('h1').textContent(), title)
    await b.reload()
    await eventually(() => b.locator('h1').textContent(), title)
    const c = await person('Carol', { hash: '#01ARZ3NDEKTSV4RRFFQ69G5FAV' })
    await eventually(() => c.locator('.page > .error').textContent(), 'This thread does not exist. (not_found)')
    assert.equal(new URL(c.url()).hash, '')
  },

  async 'the title, the list and the count are live'({ person }) {
    const a = await person('Alice')
    const b = await person('Ben')
    const title = unique('Draft')
    const hash = await start(a, title)
    const link = b.locator(`.threads a[href="${hash}"]`)
    await eventually(() => link.textContent(), title)
    await link.click()
    await eventually(() => b.locator('h1').textContent(), title)
    await b.evaluate(async ([id, to]) => {
      const ws = new WebSocket(`ws://${location.host}/ws`)
      await new Promise((up) => { ws.onopen = up })
      ws.send(JSON.stringify({ type: 'join', user: 'Carol', id }))
      ws.send(JSON.stringify({ type: 'rename', title: to }))
    }, [hash.slice(1), `${title} renamed`])
    for (const page of [a, b]) await eventually(() => page.locator('h1').textContent(), `${title} renamed`)
    await a.locator('.back').click()
    await eventually(() => a.locator(`.threads a[href="${hash}"]`).textContent(), `${title} renamed`)
    await eventually(async () => Number.parseInt(await a.locator('.here').textContent(), 10) >= 3, true)
  },

  async 'pasted lines become lines, arrows walk through them'({ person }) {
    const a = await person('Alice')
    const hash = await start(a, unique('Paste'))
    await field(a).focus()
    await a.keyboard.insertText(Array.from({ length: 100 }, (_, i) => `line ${i + 1}`).join('\n'))
    await onDisk(a)
    await eventually(() => texts(a), Array.from({ length: 100 }, (_, i) => `line ${i + 1}`))
    await field(a).press('ArrowUp')
    await field(a).press('ArrowUp')
    await field(a).press('End')
    await field(a).pressSequentially('!')
    await onDisk(a)
    await field(a).press('Escape')
    await field(a).pressSequentially('end')
    await onDisk(a)
    const b = await person('Ben', { hash })
    await eventually(async () => (await texts(b)).slice(96), ['line 97', 'line 98!', 'line 99', 'line 100', 'end'])
  },

  async 'without WebSocket the page says so'({ person }) {
    const a = await person('', { before: () => { delete globalThis.WebSocket } })
    await eventually(() => a.locator('main [role=alert]').textContent(), 'Parody Wave needs WebSockets to show what others write. This browser does not support them, or they are switched off.')
  },

  async 'a change of name goes on in the same text'({ person }) {
    const a = await person('Alice')
    await start(a, unique('Names'))
    await field(a).pressSequentially('first')
    await field(a).press('Enter')
    await a.locator('button.name').click()
    await a.getByRole('menuitem', { name: 'Change your name' }).click()
    await a.locator('dialog [name=name]').fill('Alicia')
    await a.keyboard.press('Enter')
    await field(a).focus()
    await field(a).pressSequentially('second')
    await onDisk(a)
    await eventually(() => a.locator('.who .author').allTextContents(), ['Alice', 'Alicia'])
  },
}

const mocked = {
  async 'a line above is inserted under the hands of a writer'({ person, mock }) {
    const a = await person('Alice')
    const hash = await start(a, unique('Resync'))
    await field(a).pressSequentially('mine')
    await onDisk(a)
    const thread = mock.threads.get(hash.slice(1))
    for (let i = 0; i < 5; i++) {
      mock.insert(thread, 0, `above ${i}`, 'Robot')
      await field(a).pressSequentially(`${i}`)
    }
    await eventually(() => texts(a), ['above 4', 'above 3', 'above 2', 'above 1', 'above 0', 'mine01234'])
    assert.deepEqual(thread.lines.map((l) => l.value), ['above 4', 'above 3', 'above 2', 'above 1', 'above 0', 'mine01234'])
    assert.equal(await field(a).evaluate((f) => f === document.activeElement), true)
  },

  async 'an edit refused for now is sent again, one refused for good is named'({ person, mock }) {
    const a = await person('Alice')
    const hash = await start(a, unique('Refused'))
    mock.refuse = 'unavailable'
    await field(a).pressSequentially('kept')
    await eventually(async () => /\(unavailable\)/.test(await a.locator('.page > .error').textContent()), true)
    mock.refuse = null
    await onDisk(a)
    assert.deepEqual(mock.threads.get(hash.slice(1)).lines.map((l) => l.value), ['kept'])
    mock.refuse = 'read_only'
    await field(a).pressSequentially('!')
    await eventually(() => a.locator('.unsaved li').allTextContents(), ['kept!'])
    await eventually(async () => /\(read_only\)/.test(await a.locator('.page > .error').textContent()), true)
  },
}
for (const [name, story] of Object.entries(mocked)) stories[name] = Object.assign(story, { needsMock: true })
