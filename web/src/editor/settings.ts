// How a person wants the text shown, remembered in this browser: for all
// threads, and for one (its language, the preview).

import { Changes } from '../base/changes'
import type { Shown } from './blame/blame'

/** General settings apply to every thread. */
export interface General {
  wrap: boolean
  numbers: boolean
  blame: Shown
  /** Tab indents instead of moving the focus. */
  tab: boolean
}

/** Own settings apply to one thread. */
export interface Own {
  /** an id of languages.ts, 'plain', or 'auto': by the title's extension */
  language: string
  preview: boolean
}

const usual: General & Own = { wrap: true, numbers: true, blame: 'names', tab: false, language: 'auto', preview: false }
const allowed: { [K in keyof (General & Own)]: (v: unknown) => boolean } = {
  wrap: (v) => typeof v === 'boolean',
  numbers: (v) => typeof v === 'boolean',
  blame: (v) => v === 'off' || v === 'names' || v === 'times',
  tab: (v) => typeof v === 'boolean',
  language: (v) => typeof v === 'string',
  preview: (v) => typeof v === 'boolean',
}

type Kept = Pick<Storage, 'getItem' | 'setItem'>

export class Settings extends Changes {
  readonly general: Readonly<General>
  readonly own: Readonly<Own>

  /** storage may be null or forbidden; then choices last for this page only. */
  constructor(private readonly thread: string, private readonly storage: Kept | null) {
    super()
    const { language, preview, ...general } = usual
    this.general = { ...general, ...this.read('parodywave.editor') }
    this.own = { language, preview, ...this.read(`parodywave.editor.${thread}`) }
  }

  set(choice: Partial<General>): void {
    Object.assign(this.general, choice)
    this.write('parodywave.editor', this.general)
  }

  setOwn(choice: Partial<Own>): void {
    Object.assign(this.own, choice)
    this.write(`parodywave.editor.${this.thread}`, this.own)
  }

  /** read accepts the values it understands; another version of the page may have written them. */
  private read(key: string): object {
    try {
      const kept: unknown = JSON.parse(this.storage?.getItem(key) ?? '{}')
      if (typeof kept !== 'object' || kept === null) return {}
      return Object.fromEntries(Object.entries(kept).filter(([k, v]) => Object.hasOwn(allowed, k) && allowed[k as keyof typeof allowed](v)))
    } catch { return {} }
  }

  private write(key: string, value: object): void {
    try { this.storage?.setItem(key, JSON.stringify(value)) } catch { /* full or forbidden: for this page, then */ }
    this.changed()
  }
}

/** storage is the browser's, if it allows that. */
export function storage(): Kept | null {
  try { return localStorage } catch { return null }
}
