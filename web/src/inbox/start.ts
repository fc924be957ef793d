// Starting a thread and opening it.

import { useEffect, useState } from 'preact/hooks'
import { ask, Refused } from '../base/api'
import { threadPath } from './field'

interface Trouble { code: string; text: string }

export interface Start {
  starting: boolean
  trouble: Trouble | null
  begin(title: string): Promise<void>
  forget(): void
}

/** `up` reports whether there is a connection: a failed request was then perhaps sent, else certainly not. */
export function useStart(user: string, up: () => boolean): Start {
  const [starting, setStarting] = useState(false)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  useEffect(() => {
    const back = (e: PageTransitionEvent): void => { if (e.persisted) setStarting(false) }
    addEventListener('pageshow', back)
    return () => removeEventListener('pageshow', back)
  }, [])
  const begin = async (title: string): Promise<void> => {
    if (starting) return
    const connected = up()
    setStarting(true)
    setTrouble(null)
    try {
      const { id } = await ask<{ id: string }>('/api/threads', { body: { title }, user })
      location.assign(threadPath(id)) // still starting, until the next page is there
    } catch (e) {
      setStarting(false)
      setTrouble(e instanceof Refused ? { code: e.code === 'offline' && connected ? 'unanswered' : e.code, text: e.message } : { code: '', text: String(e) })
    }
  }
  return { starting, trouble, begin, forget: () => setTrouble(null) }
}
