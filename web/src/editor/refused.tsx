// A thread that cannot be shown: the reason, and a link home.

import { phrases, why } from '../base/phrases'
import { words } from './words'

/** `code` is the server's; '' if only the text says what is wrong. */
export function Refused(p: { code: string; text: string }) {
  return (
    <main class="refused">
      <h1>{words.cannotOpen}</h1>
      <p>{why(p.code, p.text)}</p>
      <p><a href="/">{phrases.allThreads}</a></p>
    </main>
  )
}
