// A stock editor: @codemirror/collab on this
// server's wire, without anything about input methods and without a memory. It
// replaces the page where a story has to show that it would notice a fault.

import { collab, getSyncedVersion, receiveUpdates, sendableUpdates } from '@codemirror/collab'
import { history, historyKeymap, defaultKeymap } from '@codemirror/commands'
import { ChangeSet, EditorState } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'

const thread = location.pathname.slice(3)
const client = `0${Array.from({ length: 25 }, () => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[Math.floor(Math.random() * 32)]).join('')}`
let view = null
let ws = null
let base = 0 // revision of the collab extension's version 0
let chain = ''
let seq = 0 // of the last confirmed
let busy = false

function push() {
  if (!view || busy || ws.readyState !== WebSocket.OPEN) return
  const updates = sendableUpdates(view.state).slice(0, 50)
  if (!updates.length) return
  busy = true
  ws.send(JSON.stringify({ type: 'update', client, seq: seq + 1, rev: base + getSyncedVersion(view.state), changes: updates.map((u) => u.changes.toJSON()) }))
}

function take(entry) {
  const own = entry.client === client
  if (own) { seq = entry.seq; busy = false }
  const changes = entry.changes ? ChangeSet.fromJSON(entry.changes) : ChangeSet.empty(entry.length)
  view.dispatch(receiveUpdates(view.state, [{ changes, clientID: own ? client : entry.client ?? '-' }]))
}

function hear(m) {
  if (m.type === 'join' && m.text !== undefined && !view) {
    base = m.rev
    view = new EditorView({ parent: document.body, state: EditorState.create({ doc: m.text, extensions: [
      history(), keymap.of([...defaultKeymap, ...historyKeymap]), collab({ clientID: client }), EditorView.updateListener.of(push),
    ] }) })
  } else if (m.type === 'update') {
    for (const u of m.updates) take(u)
    push()
  } else if (m.type === 'error') {
    busy = false
    setTimeout(push, 50)
  }
  if (m.chain) chain = m.chain
}

function dial() {
  ws = new WebSocket(`ws://${location.host}/ws`)
  ws.onmessage = (e) => hear(JSON.parse(e.data))
  ws.onopen = () => {
    busy = false
    ws.send(JSON.stringify({ type: 'join', user: localStorage.getItem('parodywave.name'), id: thread, mode: 'text', client, ...(view ? { since: base + getSyncedVersion(view.state), chain } : {}) }))
    setTimeout(push, 100)
  }
  ws.onclose = () => setTimeout(dial, 200)
}
dial()
