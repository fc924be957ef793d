// The start of a page.

import { render } from 'preact'
import { phrases } from './phrases'
import './theme'

/** start runs a page, or says what is missing if the browser has no WebSocket. */
export function start(page: () => void): void {
  if ('WebSocket' in globalThis) page()
  else render(<main class="page"><h1>Parody Wave</h1><p role="alert">{phrases.noSocket}</p></main>, document.body)
}
