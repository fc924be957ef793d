// The real server, as a process of its own that can be killed and started
// again on the same directory and port, and the program's other commands.

import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** root is the folder for the files of this run. */
export const root = process.env.DATA ?? mkdtempSync(join(tmpdir(), 'pages-'))

let built
/** program is the path of the binary: PARODYWAVE_BIN, or built here. */
export function program() {
  built ??= process.env.PARODYWAVE_BIN
  if (!built) {
    built = join(root, 'parodywave')
    execFileSync('go', ['build', '-o', built, './cmd/parodywave'], { cwd: fileURLToPath(new URL('../../..', import.meta.url)), stdio: 'inherit' })
  }
  if (!existsSync(built)) throw new Error(`no program at ${built}`)
  return built
}

/** The environment without the program's own settings. */
const environment = () => Object.fromEntries(Object.entries(process.env).filter(([k]) => !k.startsWith('PARODYWAVE_')))

/**
 * freePort finds a port for a server that is killed and started again. Nobody takes it
 * meanwhile: on Linux each process has a loopback address of its own here, each server
 * another port, and the port lies below those of outgoing connections.
 */
async function freePort() {
  for (let i = 0; i < 100; i++) {
    const port = 20_000 + nextPort++ % 10_000
    const free = await new Promise((done) => {
      const probe = createServer().once('error', () => done(false)).listen(port, host, () => probe.close(() => done(true)))
    })
    if (free) return port
  }
  throw new Error('no free port')
}

let nextPort = Math.floor(Math.random() * 10_000)
const { pid } = process
const host = process.platform === 'linux' ? `127.${64 + (pid >> 16 & 63)}.${pid >> 8 & 255}.${pid & 255}` : '127.0.0.1'

export class Server {
  child = null
  said = ''

  /** start starts it and waits for its address. */
  async start() {
    this.data ??= mkdtempSync(join(root, 'data-'))
    this.port ??= await freePort()
    this.url = `http://${host}:${this.port}`
    const child = spawn(program(), ['serve', '--data', this.data, '--listen', `${host}:${this.port}`], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    this.ended = new Promise((done) => child.once('exit', done))
    child.stderr.on('data', (b) => { this.said = (this.said + b).slice(-8192) })
    await new Promise((done, failed) => {
      child.stdout.once('data', done)
      child.once('exit', (code) => failed(new Error(`the server ended with ${code}\n${this.said}`)))
    })
    child.stdout.resume()
    return this
  }

  /** kill ends the program without warning, as a power cut would. */
  async kill() {
    const child = this.child
    this.child = null
    if (!child) return
    child.kill('SIGKILL')
    await this.ended
  }

  /** restart kills the program and starts it on the same data. */
  async restart() {
    await this.kill()
    await this.start()
  }

  /** run returns the output of a command. */
  run(...args) {
    return new Promise((done, failed) => {
      execFile(program(), ['--data', this.data, ...args], { env: environment(), maxBuffer: 64 << 20 },
        (e, out, err) => (e ? failed(new Error(`${args.join(' ')}: ${err || e.message}`)) : done(out)))
    })
  }

  /** get requests JSON, or text, from the API. */
  async get(path) {
    const answer = await fetch(`${this.url}${path}`)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
    return answer.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : text
  }

  text(thread) { return this.get(`/api/threads/${thread}/text`) }

  /** open makes a thread with this text, and returns its id. */
  async open(title, user, text = '') {
    const headers = { 'Parodywave-User': encodeURIComponent(user) }
    const answer = await fetch(`${this.url}/api/threads`, { method: 'POST', headers, body: JSON.stringify({ title }) })
    const { id } = await answer.json()
    if (!id) throw new Error(`no thread was opened: ${answer.status}`)
    if (text) {
      const put = await fetch(`${this.url}/api/threads/${id}/text?base=1`, { method: 'PUT', headers, body: text })
      if (!put.ok) throw new Error(`no text was put: ${put.status} ${await put.text()}`)
    }
    return id
  }
}
