// The editor page: a bar, a strip if anything is wrong, the text, and at its right
// the preview or a line's history.

import type { EditorView } from '@codemirror/view'
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Palette } from '../base/authors'
import { useChanges } from '../base/changes'
import { BackArrow } from '../base/arrow'
import { phrases } from '../base/phrases'
import { look } from '../base/seen'
import { shownTitle } from '../base/visible'
import { Banner } from './banner'
import type { LineRef } from './blame/blame'
import { besideKeyboard } from './keyboard'
import { later } from './later'
import { Mark } from './mark'
import { TextMenu, type Doings } from './menu'
import { People } from './people'
import { pathOf } from '../base/place'
import { Refused } from './refused'
import type { Session } from './session/session'
import type { Settings } from './settings'
import { copy, fileName, save } from './download'
import { Title } from './title'
import { openView } from './view'
import { words } from './words'
import './editor.css'

const load = {
  print: () => import('./print'),
  keys: () => import('./keys').then((m) => m.KeysDialog),
  language: () => import('./language').then((m) => m.LanguageDialog),
  version: () => import('./version').then((m) => m.VersionDialog),
  stuck: () => import('./stuck').then((m) => m.StuckDialog),
  preview: () => import('./preview').then((m) => m.Preview),
  lineage: () => import('./blame/lineage').then((m) => m.LineHistory),
}
const KeysDialog = later(load.keys)
const LanguageDialog = later(load.language)
const VersionDialog = later(load.version)
const StuckDialog = later(load.stuck)
const Preview = later(load.preview)
const LineHistory = later(load.lineage)

const IDLE = 5000 // ms until the parts that may be needed without a connection are loaded
const SOON = 500 // ms until printing is loaded, which a key of the browser may start
const NOTICE = 3000 // ms

export function Page({ session, settings }: { session: Session; settings: Settings }) {
  useChanges(session, settings)
  const palette = useMemo(() => new Palette(), [])
  const [view, setView] = useState<EditorView | null>(null)
  const [dialog, setDialog] = useState<'keys' | 'language' | 'version' | null>(null)
  const [asked, setAsked] = useState(0)
  const [line, setLine] = useState<LineRef | null>(null)
  const [notice, setNotice] = useState('')
  const place = useRef<HTMLDivElement>(null)
  useDocument(session)

  const hands = useMemo(() => ({ keys: () => setDialog('keys'), save: () => setAsked((n) => n + 1), line: setLine }), [])
  const refused = session.phase === 'refused'
  useEffect(() => {
    if (refused || !place.current) return undefined
    const open = openView({ parent: place.current, session, settings, palette, hands })
    const ends = [laterPrinting(open.view, session), besideKeyboard(open.view)]
    setView(open.view)
    return () => { for (const end of ends) end(); open.end(); setView(null) }
  }, [session, refused])
  useOpenKeys(hands)
  useFocusOnce(session, view)

  const closeDialog = useCallback(() => { setDialog(null) }, [])
  const closeLine = useCallback(() => { setLine(null); view?.focus() }, [view])
  const doings: Doings = {
    chooseLanguage: () => setDialog('language'),
    nameVersion: () => setDialog('version'),
    keys: hands.keys,
    copyLink: () => void copy(location.origin + pathOf({ thread: session.thread, at: null })).then((done) => setNotice(done ? words.copied : words.copyFailed)),
    download: () => { if (view) save(fileName(session.title), view.state.doc.toString()) },
    print: () => { load.print().then(() => print(), () => print()) },
  }
  useEffect(() => {
    const timer = setTimeout(() => setNotice(''), NOTICE)
    return () => clearTimeout(timer)
  }, [notice])

  if (refused) return <Refused code={session.problem?.code ?? ''} text={session.problem?.text ?? ''} />
  const past = pathOf({ thread: session.thread, at: String(session.rev) })
  const fixed = session.readonly || session.phase !== 'open'
  return (
    <div class="editor">
      <header class="bar">
        <a class="icon back" href="/" aria-label={phrases.allThreads} title={phrases.allThreads}><BackArrow /></a>
        <Title title={session.phase === 'opening' ? session.title : session.title || words.untitled} fixed={fixed} onRename={(title) => session.rename(title)} />
        <People people={session.people} me={session.author} palette={palette} />
        <Mark session={session} asked={asked} />
        <a class="history only-wide" href={past}>{words.history}</a>
        <button type="button" class="icon only-wide" aria-label={words.keysItem} title={`${words.keysItem} (F1)`} onClick={hands.keys}>?</button>
        <TextMenu settings={settings} title={session.title} history={past} fixed={fixed} do={doings} />
      </header>
      <Banner session={session} onBack={() => view?.focus()} />
      <main class="work">
        <div class="text" ref={place} />
        {view && line && <div class="panel"><div class="panel-body"><LineHistory session={session} line={line} onClose={closeLine} /></div></div>}
        {view && !line && settings.own.preview && <Preview view={view} changes={session} onClose={() => settings.setOwn({ preview: false })} />}
      </main>
      <p class="notice" role="status">{notice}</p>
      {dialog === 'keys' && <KeysDialog tab={settings.general.tab} onClose={closeDialog} />}
      {dialog === 'language' && <LanguageDialog settings={settings} title={session.title} onClose={closeDialog} />}
      {dialog === 'version' && <VersionDialog session={session} onClose={closeDialog} />}
      {session.phase === 'stuck' && <StuckDialog session={session} />}
    </div>
  )
}

/** useDocument keeps the window's title and the revision looked at, and warns before waiting edits are left behind. */
function useDocument(session: Session): void {
  useEffect(() => { document.title = `${shownTitle(session.title) || words.untitled} · Parody Wave` }, [session.title])
  useEffect(() => {
    const seen = (): void => { if (!document.hidden && session.phase === 'open') look(session.thread, session.rev) }
    // Somebody who goes back at once leaves no time for the pause.
    const left = (): void => { if (session.phase === 'open') look(session.thread, session.rev) }
    const timer = setTimeout(seen, 500)
    document.addEventListener('visibilitychange', seen)
    addEventListener('pagehide', left)
    return () => { clearTimeout(timer); document.removeEventListener('visibilitychange', seen); removeEventListener('pagehide', left) }
  }, [session.rev, session.phase])
  useEffect(() => {
    const stay = (e: BeforeUnloadEvent): void => { if (session.saved.typed + session.saved.sent > 0) e.preventDefault() }
    const online = (): void => session.retryNow()
    addEventListener('beforeunload', stay)
    addEventListener('online', online)
    return () => { removeEventListener('beforeunload', stay); removeEventListener('online', online) }
  }, [session])
  useEffect(() => {
    const timer = setTimeout(() => { for (const f of [load.stuck, load.keys, load.version, load.language]) f().catch(() => {}) }, IDLE)
    return () => clearTimeout(timer)
  }, [])
}

/** laterPrinting loads the printing once the page is there. */
function laterPrinting(view: EditorView, session: Session): () => void {
  let end: (() => void) | null = null
  let gone = false
  const timer = setTimeout(() => {
    load.print().then((m) => { if (!gone) end = m.printing(view, session) }, () => { /* then what is on the screen is printed */ })
  }, SOON)
  return () => { gone = true; clearTimeout(timer); end?.() }
}

/** useOpenKeys makes the keys for help and saving work anywhere on the page. */
function useOpenKeys(hands: { keys(): void; save(): void }): void {
  useEffect(() => {
    const hear = (e: KeyboardEvent): void => {
      if (e.defaultPrevented || e.isComposing) return
      const typing = e.target instanceof HTMLElement && (e.target.isContentEditable || /^(?:input|textarea|select)$/iu.test(e.target.tagName))
      if (e.key === 'F1' || (e.ctrlKey && e.key === '/') || (e.key === '?' && !typing)) hands.keys()
      else if ((e.ctrlKey || e.metaKey) && e.key === 's') hands.save()
      else return
      e.preventDefault()
    }
    addEventListener('keydown', hear)
    return () => removeEventListener('keydown', hear)
  }, [hands])
}

/** useFocusOnce focuses the text when it appears, unless the person is somewhere else by then or an on-screen keyboard would open. */
function useFocusOnce(session: Session, view: EditorView | null): void {
  const done = useRef(false)
  useEffect(() => {
    if (done.current || !view || session.phase !== 'open') return
    done.current = true
    const elsewhere = document.activeElement && document.activeElement !== document.body
    if (!elsewhere && !session.readonly && !matchMedia('(pointer: coarse)').matches) view.focus()
  })
}
