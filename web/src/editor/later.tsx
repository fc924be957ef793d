// Parts of the page that most visits never need come when they are asked for.

import type { FunctionComponent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { words } from './words'

/**
 * later is the component that load brings, drawn as nothing until it is there.
 * One that cannot be brought, because the connection is gone or the server has
 * other files by now, says so instead of leaving a button that does nothing.
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
