// Parts of the page that most visits never need are loaded when they are used.

import type { FunctionComponent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { words } from './words'

/**
 * later is the component that load fetches; it shows nothing until it is there.
 * If it cannot be fetched, because the connection is gone or the server has a
 * newer page by now, it says so: a button must not do nothing.
 */
export function later<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let got: FunctionComponent<P> | null = null
  return function Later(props: P) {
    const [Part, set] = useState<FunctionComponent<P> | null>(() => got)
    const [failed, fail] = useState(false)
    useEffect(() => {
      if (Part) return
      load().then((part) => { got = part; set(() => part) }, () => fail(true))
    }, [])
    if (Part) return <Part {...props} />
    return failed ? <p class="notice error" role="alert">{words.partMissing}</p> : null
  }
}
