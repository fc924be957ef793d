// The history of a thread, at /t/T@AT: loaded only for such an address.

import { render } from 'preact'
import '../base/theme'
import '../base/base.css'
import './history.css'
import { History } from './page'
import { Past } from './past'
import { server } from './server'

/** openHistory shows the thread in root as it was at a moment: a revision, a time or the name of a version, decoded. */
export function openHistory(root: HTMLElement, thread: string, at: string): void {
  const past = new Past(thread, server(thread))
  render(<History past={past} at={at} />, root)
  void past.load(at, location.search)
}
