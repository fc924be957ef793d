// The editor of docs/protocol.md, as it stands there, against a server:
//
//   PARODYWAVE_URL=http://127.0.0.1:5555 node web/test/document.mjs
//
// Two people join, type at once, lose connections with edits under way, and get a stale and a
// bad_change. With --broken the editor mistakes its receipts for edits of others,
// so that nothing is ever settled: these checks would notice. Exit status: 0 all agree, 3
// some text differs, 1 anything else.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { fileURLToPath, pathToFileURL } from "node:url"
import { join } from "node:path"
import { getSyncedVersion, sendableUpdates } from "@codemirror/collab"
import WebSocket from "ws"

globalThis.WebSocket = WebSocket
const base = (process.env.PARODYWAVE_URL ?? "http://127.0.0.1:5555").replace(/\/$/, "")
const broken = process.argv.includes("--broken")
const here = path => fileURLToPath(new URL(path, import.meta.url))

/** editor loads the code block below "A whole editor" from where its imports resolve. */
async function editor() {
  const page = readFileSync(here("../../docs/protocol.md"), "utf8")
  let [code] = page.split("### A whole editor")[1]?.match(/(?<=```js\n)[^]*?(?=\n```)/) ?? []
  if (!code) throw new Error("docs/protocol.md has no whole editor")
  if (broken) code = code.replace('u.client ?? ""', '""')
  const dir = mkdtempSync(here("../node_modules/.document-"))
  try {
    writeFileSync(join(dir, "editor.mjs"), code)
    return await import(pathToFileURL(join(dir, "editor.mjs")).href)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

const headers = { "Parodywave-User": "Opener" }
const { Thread } = await editor()
const { id } = await (await fetch(`${base}/api/threads`, { method: "POST", headers, body: JSON.stringify({ title: "T" }) })).json()
const textURL = `${base}/api/threads/${id}/text`
await fetch(`${textURL}?base=1`, { method: "PUT", headers, body: "milk\n😀 eggs\n" })

const until = async (what, is) => {
  for (const end = Date.now() + (broken ? 3_000 : 60_000); !await is(); await new Promise(done => setTimeout(done, 5))) {
    if (Date.now() > end) throw new Error(`still not: ${what}`)
  }
}
const rescued = []
const people = ["Ada", "Ben"].map(user => new Thread(base.replace("http", "ws") + "/ws", user, id, { rescue: text => rescued.push(text) }))
const [ada] = people
const joined = p => p.state && p.socket.readyState === 1
await until("both joined", () => people.every(joined))

/** agree waits until nothing is under way, and compares all texts. */
async function agree(after) {
  let answer
  await until(`settled after ${after}`, async () => {
    if (!people.every(p => joined(p) && sendableUpdates(p.state).length === 0)) return false
    answer = await fetch(textURL)
    return people.every(p => `"${getSyncedVersion(p.state)}"` === answer.headers.get("etag"))
  })
  const now = await answer.text()
  for (const p of people) {
    if (p.state.doc.toString() === now) continue
    console.error(`after ${after}, ${p.user} has ${JSON.stringify(p.state.doc.toString())}, the server ${JSON.stringify(now)}`)
    process.exit(3)
  }
  return now
}

let typed = 0
/** type has somebody type at the start or the end, or delete the last character. */
function type(p, n) {
  const { doc } = p.state
  if (n % 5 === 4) p.edit({ from: doc.length - 1, to: doc.length })
  else p.edit({ from: n % 2 ? 0 : doc.length, insert: `${p.user}${typed++}${n % 3 ? " " : "\n"}` })
}
const rounds = async (n, pause) => {
  for (let i = 0; i < n; i++) {
    for (const p of people) if (p.state) type(p, i)
    if (i % 4 === 3) await new Promise(done => setTimeout(done, pause))
  }
}

await rounds(40, 3)
await agree("typing at once")

for (let i = 0; i < 3; i++) {
  await rounds(7, 1)
  people[i % 2].socket.terminate() // with a push in flight
  await rounds(7, 1)
}
await agree("lost connections")
if (rescued.length > 0) throw new Error(`words were set aside without need: ${JSON.stringify(rescued)}`)

ada.confirmed += 3 // she has lost count: her next push is stale, and stays so at the head
ada.edit({ from: 0, insert: "stale words " })
await until("the words are set aside", () => rescued.length === 1 && joined(ada))
if (!rescued[0].startsWith("stale words ")) throw new Error(`set aside ${JSON.stringify(rescued[0])}`)
if ((await agree("a stale")).includes("stale words")) throw new Error("a refused change is in the text")
ada.edit({ from: 0, insert: "once more " })
if (!(await agree("a new beginning")).startsWith("once more ")) throw new Error("the new client's words are not in the text")

const { client } = ada
ada.send({ type: "update", client, seq: ada.confirmed + 1, rev: getSyncedVersion(ada.state), changes: [[999999]] }) // fits no text
await until("she joins as another client", () => ada.client !== client && joined(ada))
await rounds(10, 1)
await agree("a bad_change")
process.exit(0)
