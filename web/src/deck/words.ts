// Every word the page says, in the reader's language. A missing one is a type
// error. Numbers and times go through Intl.

const en = {
  tag: 'en',
  what: 'Write one text together, line by line. Every line keeps its author.',
  nameLabel: 'Your name',
  enter: 'Enter',
  changeName: 'Change your name',
  cancel: 'Cancel',
  here: (n: string, one: boolean) => (one ? `${n} connection` : `${n} connections`),
  newTitle: 'Title of a new thread',
  newHint: 'Start a new thread',
  start: 'Start',
  threads: 'Threads',
  noThreads: 'Nothing written here yet.',
  noThreadsHow: 'Give the first thread a title above and write its first line. Whoever else is here sees every letter as you type it.',
  more: (n: string) => `and ${n} older ones`,
  lines: (n: string, one: boolean) => (one ? `${n} line` : `${n} lines`),
  inIt: (n: string, one: boolean) => (one ? `${n} here` : `${n} here`),
  by: (name: string, when: string) => `${name}, ${when}`,
  now: 'just now',
  back: 'All threads',
  title: 'Title',
  rename: 'Change the title',
  text: 'Text',
  yourLine: 'Your line',
  lineNumber: (n: string) => `Line ${n}`,
  write: 'Write a line; Enter finishes it',
  emptyThread: 'An empty thread.',
  emptyThreadHow: 'Write below: others see each letter as you type it. Enter marks the line as finished. Click a line, or go up and down with the arrow keys, to change one that is there.',
  finished: 'finished',
  markHere: 'typed here',
  markHereWhy: 'Not sent yet; it is kept here and goes out as soon as it can.',
  markSent: 'sent',
  markSentWhy: 'On its way; the server has not said yet that it is on disk.',
  markDisk: (rev: string) => `on disk #${rev}`,
  markDiskWhy: 'Written to the server’s disk, at this revision.',
  markRemoved: 'removed by someone; typing brings it back',
  joining: 'Opening the thread…',
  connecting: 'Connecting…',
  connected: 'Connected.',
  lost: 'The connection is lost. Go on writing: it is kept on this page and sent when the connection is back.',
  lostIdle: 'The connection is lost. Trying again…',
  tryNow: 'Try now',
  noSocket: 'This browser has no WebSocket, or it is switched off. Parody Wave needs it to show what others write.',
  codes: {
    offline: 'Not connected just now; try again in a moment.',
    unanswered: 'The connection broke before the answer came. Look in the list whether the thread is there before you start it again.',
    not_found: 'There is no such thread here.',
    bad_value: 'This cannot be written: it is empty, too long or holds a character that is not allowed.',
    bad_message: 'The server did not understand this page. Reload it.',
    not_joined: 'The server had lost sight of this thread; joining again.',
    forbidden: 'You may not change this.',
    read_only: 'This text may only be read.',
    too_large: 'This is too long.',
    too_many: 'There is too much of this at once.',
    rate_limited: 'That was too fast; it is sent again in a moment.',
    stale: 'The text has moved on; it is sent again in a moment.',
    unavailable: 'The server cannot write to its disk just now; nothing is lost, it is sent again in a moment.',
  } as Record<string, string>,
  refused: (why: string, code: string) => (code && code !== 'offline' && code !== 'unanswered' ? `${why} (${code})` : why),
}

export type Words = typeof en

const ko = {
  tag: 'ko',
  what: '글 하나를 여럿이 한 줄씩 함께 씁니다. 줄마다 쓴 사람이 남습니다.',
  nameLabel: '대화명을 입력해 주십시오.',
  enter: '로그인',
  changeName: '대화명 바꾸기',
  cancel: '취소',
  here: (n: string) => `접속 ${n}`,
  newTitle: '새 글의 제목',
  newHint: '새 글 시작하기',
  start: '시작',
  threads: '글 목록',
  noThreads: '아직 쓰인 글이 없습니다.',
  noThreadsHow: '위에 제목을 적고 첫 줄을 써 보십시오. 함께 있는 사람은 입력하는 글자를 바로 봅니다.',
  more: (n: string) => `이전 글 ${n}개 더`,
  lines: (n: string) => `${n}줄`,
  inIt: (n: string) => `${n}명 접속`,
  by: (name: string, when: string) => `${name}, ${when}`,
  now: '방금',
  back: '글 목록',
  title: '제목',
  rename: '제목 바꾸기',
  text: '본문',
  yourLine: '내 줄',
  lineNumber: (n: string) => `${n}번째 줄`,
  write: '한 줄 쓰기 (Enter로 마침)',
  emptyThread: '빈 글입니다.',
  emptyThreadHow: '아래에 쓰면 다른 사람이 글자마다 바로 봅니다. Enter를 누르면 줄이 완료됩니다. 이미 있는 줄은 누르거나 위아래 화살표로 옮겨 가서 고칩니다.',
  finished: '완료',
  markHere: '입력됨',
  markHereWhy: '아직 보내지 않았습니다. 이 화면에 두었다가 연결되면 보냅니다.',
  markSent: '보냄',
  markSentWhy: '보냈지만 서버가 디스크에 적었다는 답이 아직 없습니다.',
  markDisk: (rev: string) => `저장됨 #${rev}`,
  markDiskWhy: '이 판 번호로 서버의 디스크에 적혔습니다.',
  markRemoved: '다른 사람이 지운 줄입니다. 입력하면 되살아납니다',
  joining: '글을 여는 중…',
  connecting: '연결하는 중…',
  connected: '연결되었습니다.',
  lost: '연결이 끊겼습니다. 계속 쓰십시오. 쓴 것은 이 화면에 두었다가 다시 연결되면 보냅니다.',
  lostIdle: '연결이 끊겼습니다. 다시 연결하는 중…',
  tryNow: '지금 연결',
  noSocket: '이 브라우저에는 WebSocket이 없거나 꺼져 있습니다. 다른 사람의 글을 보려면 필요합니다.',
  codes: {
    offline: '지금은 연결되어 있지 않습니다. 잠시 뒤에 다시 해 보십시오.',
    unanswered: '답을 받기 전에 연결이 끊겼습니다. 다시 시작하기 전에 목록에 글이 있는지 보십시오.',
    not_found: '그런 글이 없습니다.',
    bad_value: '쓸 수 없는 내용입니다. 비었거나 너무 길거나 쓸 수 없는 글자가 있습니다.',
    bad_message: '서버가 이 화면의 말을 알아듣지 못했습니다. 새로 고쳐 주십시오.',
    not_joined: '서버가 이 글을 놓쳤습니다. 다시 들어갑니다.',
    forbidden: '고칠 권한이 없습니다.',
    read_only: '읽기만 할 수 있는 글입니다.',
    too_large: '너무 깁니다.',
    too_many: '한 번에 너무 많습니다.',
    rate_limited: '너무 빨랐습니다. 잠시 뒤에 다시 보냅니다.',
    stale: '글이 그사이 바뀌었습니다. 잠시 뒤에 다시 보냅니다.',
    unavailable: '서버가 지금 디스크에 적지 못합니다. 잃은 것은 없으며 잠시 뒤에 다시 보냅니다.',
  } as Record<string, string>,
  refused: (why: string, code: string) => (code && code !== 'offline' && code !== 'unanswered' ? `${why} (${code})` : why),
} satisfies Words

export const words: Words = navigator.language.toLowerCase().startsWith('ko') ? ko : en

const numbers = new Intl.NumberFormat(words.tag)
const plurals = new Intl.PluralRules(words.tag)
const relative = new Intl.RelativeTimeFormat(words.tag, { numeric: 'auto', style: 'short' })
const exact = new Intl.DateTimeFormat(words.tag, { dateStyle: 'medium', timeStyle: 'medium' })

export const number = (n: number): string => numbers.format(n)

/** counted puts a number into words that may depend on it being one. */
export const counted = (f: (n: string, one: boolean) => string, n: number): string =>
  f(number(n), plurals.select(n) === 'one')

/** ago says how long before now the time (Unix ms) was. */
export function ago(at: number, now: number): string {
  const s = (now - at) / 1000
  if (s < 45) return words.now
  if (s < 45 * 60) return relative.format(-Math.round(s / 60), 'minute')
  if (s < 22 * 3600) return relative.format(-Math.round(s / 3600), 'hour')
  return relative.format(-Math.round(s / 86400), 'day')
}

export const exactly = (at: number): string => exact.format(at)

/** why puts an error in plain words: by its code, else the server's own text. */
export function why(code: string, text: string): string {
  return words.refused(words.codes[code] ?? text, code)
}
