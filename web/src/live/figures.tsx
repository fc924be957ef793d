// The numbers: the present, the threads and people of the last ten seconds, and the
// last minute as a table.

import { initials, type Palette } from '../base/authors'
import { language, number } from '../base/words'
import type { Detail } from './frame'
import { SLOTS, SLOT, type Kind, type Ring } from './ring'
import type { Watch } from './watch'
import { words } from './words'

const SMOOTH = 2000 // ms over which a rate is averaged to be read
const ROW = 10_000 // ms of a row of the table

const tenths = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const plurals = new Intl.PluralRules(language)

/** few shows a decimal where the number is small enough to need it. */
const few = (n: number): string => (n === 0 || n >= 9.95 ? number(Math.round(n)) : tenths.format(n))
const rate = (n: number): string => (Number.isNaN(n) ? words.none : few(n))

export function Now({ watch }: { watch: Watch }) {
  const up = watch.link === 'up'
  const ack = watch.detail?.ack
  const count = (n: number | null): string => (n === null ? words.none : number(n))
  const one = (n: number | null): boolean => n !== null && plurals.select(n) === 'one'
  const now = (kind: Kind): string => (up ? rate(watch.ring.lately(kind, SMOOTH)) : words.none)
  const ms = (n: number | undefined): string => (n === undefined || !ack?.n ? words.none : words.ms(few(n)))
  return (
    <dl class="now">
      <Figure value={count(watch.connections)} name={words.connections(one(watch.connections))} />
      <Figure value={count(watch.threads)} name={words.threads(one(watch.threads))} />
      <Figure value={now('edits')} name={words.perSecond.edits} />
      <Figure value={now('deliveries')} name={words.perSecond.deliveries} />
      <Figure value={ms(ack?.p50)} name={words.ack(50)} why={words.ackWhy(50)} />
      <Figure value={ms(ack?.p99)} name={words.ack(99)} why={words.ackWhy(99)} />
    </dl>
  )
}

function Figure(p: { value: string; name: string; why?: string }) {
  return <div title={p.why}><dt class="quiet">{p.name}</dt><dd>{p.value}</dd></div>
}

export function Busiest({ detail, palette }: { detail: Detail; palette: Palette }) {
  if (detail.busiest.length === 0) {
    return <div class="empty"><p>{words.nobody}</p><p class="quiet">{words.nobodyHow} <a href="/">{words.openThreads}</a></p></div>
  }
  return (
    <div class="tables">
      <section>
        <h2>{words.busiest} <span class="quiet">{words.lastTen}</span></h2>
        <table class="figures">
          <thead><tr><th scope="col">{words.thread}</th><th scope="col">{words.edits}</th><th scope="col">{words.inIt}</th></tr></thead>
          <tbody>
            {detail.busiest.map((t) => (
              <tr key={t.id}>
                <th scope="row"><a href={`/t/${encodeURIComponent(t.id)}`}>{t.title || t.id}</a></th>
                <td>{number(t.edits)}</td><td>{number(t.connections)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section>
        <h2>{words.people} <span class="quiet">{words.lastTen}</span></h2>
        <table class="figures">
          <thead><tr><th scope="col">{words.person}</th><th scope="col">{words.edits}</th></tr></thead>
          <tbody>
            {detail.people.map((one) => (
              <tr key={one.user}>
                <th scope="row" class={`a${palette.of(one.user)}`}>
                  <span class="initials" aria-hidden="true">{initials(one.user)}</span><span class="author">{one.user}</span>
                </th>
                <td>{number(one.edits)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  )
}

/** Minute is the charts in words and numbers, in rows of ten seconds. */
export function Minute({ ring }: { ring: Ring }) {
  const slots = ROW / SLOT
  const rows = Array.from({ length: SLOTS / slots }, (_, i) => ring.next - (i + 1) * slots)
  const seconds = (i: number): string => number((i * ROW) / 1000)
  return (
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">{words.span}</th><th scope="col">{words.perSecond.edits}</th>
          <th scope="col">{words.perSecond.deliveries}</th><th scope="col">{words.highest}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((from, i) => (
          <tr key={i}>
            <th scope="row">{words.from(seconds(i), seconds(i + 1))}</th>
            <td>{rate(ring.rate('edits', from, from + slots))}</td>
            <td>{rate(ring.rate('deliveries', from, from + slots))}</td>
            <td>{rate(ring.highest('edits', from, from + slots))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
