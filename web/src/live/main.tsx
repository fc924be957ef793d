import '../base/base.css'
import './live.css'
// The server's activity, live. No name is needed.

import { render } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { socketURL } from '../base/api'
import { Palette } from '../base/authors'
import { useChanges, useNow } from '../base/changes'
import { Connection } from '../base/connection'
import { Header } from '../base/header'
import { remembered } from '../base/name'
import { why } from '../base/phrases'
import { Socket } from '../base/socket'
import { start } from '../base/start'
import { Chart } from './chart'
import { Busiest, Minute, Now } from './figures'
import { Watch } from './watch'
import { words } from './words'

function Live({ watch }: { watch: Watch }) {
  const [user, setUser] = useState(remembered)
  const palette = useMemo(() => new Palette(), [])
  useSeen(watch)
  return (
    <div class="page">
      <Header back user={user} onName={setUser}><h1>{words.title}</h1></Header>
      <Strip watch={watch} />
      <main>
        <Numbers watch={watch} />
        <Chart watch={watch} kind="edits" />
        <Chart watch={watch} kind="deliveries" />
        <Lists watch={watch} palette={palette} />
        <details><summary>{words.table}</summary><Seconds watch={watch} /></details>
      </main>
    </div>
  )
}

// Each part listens to what it shows, so that four changes a second redraw only the numbers.

function Strip({ watch }: { watch: Watch }) {
  useChanges(watch)
  return (
    <>
      <Connection link={watch.link} down={words.down} onRetry={() => watch.retry()} />
      {watch.trouble && <p class="error" role="alert">{why(watch.trouble.code, watch.trouble.text)}</p>}
    </>
  )
}

function Numbers({ watch }: { watch: Watch }) {
  useChanges(watch)
  return <Now watch={watch} />
}

function Lists({ watch, palette }: { watch: Watch; palette: Palette }) {
  const [detail, setDetail] = useState(watch.detail) // the same one until the next second
  useEffect(() => watch.onChange(() => setDetail(watch.detail)), [watch])
  return detail && <Busiest detail={detail} palette={palette} />
}

function Seconds({ watch }: { watch: Watch }) {
  useNow(1000)
  return <Minute ring={watch.ring} />
}

/** useSeen watches while the page is visible. */
function useSeen(watch: Watch): void {
  useEffect(() => {
    const seen = (): void => watch.show(!document.hidden)
    document.addEventListener('visibilitychange', seen)
    seen()
    watch.start()
  }, [watch])
}

document.title = `${words.title} — Parody Wave`
start(() => render(<Live watch={new Watch((listener) => new Socket(socketURL(), listener))} />, document.body))
