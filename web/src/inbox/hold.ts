// Rows keep their places while the person is about to choose one.

import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { held } from './search'
import type { Row } from '../base/row'

const REST = 1500 // ms without movement after which the pointer no longer holds the rows

/** useHold returns the rows; while the pointer moves over the list, or the focus is in it, they keep their places. */
export function useHold(list: RefObject<HTMLElement | null>, rows: Row[], query: string): Row[] {
  const [moving, setMoving] = useState(false)
  const last = useRef<{ query: string; order: string[] }>({ query, order: [] })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const element = list.current
    const rest = (): void => setMoving(false)
    const move = (): void => {
      clearTimeout(timer)
      timer = setTimeout(rest, REST)
      setMoving(true)
    }
    element?.addEventListener('pointermove', move)
    element?.addEventListener('pointerdown', move)
    element?.addEventListener('pointerleave', rest)
    return () => {
      clearTimeout(timer)
      element?.removeEventListener('pointermove', move)
      element?.removeEventListener('pointerdown', move)
      element?.removeEventListener('pointerleave', rest)
    }
  }, [list])
  const hold = (moving || list.current?.contains(document.activeElement)) && last.current.query === query
  const shown = hold ? held(rows, last.current.order) : rows
  last.current = { query, order: shown.map((r) => r.id) }
  return shown
}
