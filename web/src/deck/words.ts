// Every word of this page that the others do not say too.

import { why as elsewhere } from '../base/phrases'
import { pick } from '../base/words'

const en = {
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
  connected: 'Connected.',
  lost: 'The connection is lost. Go on writing: it is kept on this page and sent when the connection is back.',
  codes: {
    not_joined: 'The server had lost sight of this thread; joining again.',
    rate_limited: 'That was too fast; it is sent again in a moment.',
    stale: 'The text has moved on; it is sent again in a moment.',
    unavailable: 'The server cannot write to its disk just now; nothing is lost, it is sent again in a moment.',
  } as Record<string, string>,
}

export type Words = typeof en

const ko = {
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
  connected: '연결되었습니다.',
  lost: '연결이 끊겼습니다. 계속 쓰십시오. 쓴 것은 이 화면에 두었다가 다시 연결되면 보냅니다.',
  codes: {
    not_joined: '서버가 이 글을 놓쳤습니다. 다시 들어갑니다.',
    rate_limited: '너무 빨랐습니다. 잠시 뒤에 다시 보냅니다.',
    stale: '글이 그사이 바뀌었습니다. 잠시 뒤에 다시 보냅니다.',
    unavailable: '서버가 지금 디스크에 적지 못합니다. 잃은 것은 없으며 잠시 뒤에 다시 보냅니다.',
  } as Record<string, string>,
} satisfies Words

export const words: Words = pick(en, ko)

/** why puts an error in plain words: by its code, else in the server's own. */
export function why(code: string, text: string): string {
  const here = words.codes[code]
  return here ? `${here} (${code})` : elsewhere(code, text)
}
