// The words that all pages share: names of places, the login, and what the
// server's error codes mean to a person.

import { pick } from './words'

const en = {
  what: 'Write one text together. Every line keeps its author.',
  yourName: 'Your name',
  enter: 'Enter',
  nameFaults: {
    empty: 'Please write a name.',
    long: 'A name has at most 64 characters.',
    control: 'This name has a character that cannot be shown. Please leave it out.',
  },
  changeName: 'Change your name',
  giveName: 'Say your name',
  change: 'Change',
  cancel: 'Cancel',
  close: 'Close',
  menu: 'Menu',
  theme: 'Theme',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  allThreads: 'All threads',
  live: 'Live activity',
  deck: 'Line by line',
  offline: 'The connection is lost. Trying again…',
  connecting: 'Connecting…',
  connected: 'Connected again.',
  tryNow: 'Try now',
  noSocket: 'This browser has no WebSocket, or it is switched off. Parody Wave needs it to show what others write.',
  codes: {
    offline: 'Not connected just now; try again in a moment.',
    unanswered: 'The connection broke before the answer came. Look in the list whether it is there before you do it again.',
    not_found: 'There is no such thread here.',
    bad_value: 'This cannot be written: it is empty, too long or holds a character that is not allowed.',
    bad_message: 'The server did not understand this page. Reload it.',
    not_joined: 'The server had lost sight of this thread; joining again.',
    forbidden: 'You may not change this.',
    read_only: 'This text may only be read.',
    too_large: 'This is too long.',
    too_many: 'There is too much of this at once.',
    rate_limited: 'That was too fast; try again in a moment.',
    stale: 'The text has moved on; try again.',
    unavailable: 'The server cannot write to its disk just now; nothing is lost, try again in a moment.',
  } as Record<string, string>,
}

const ko = {
  what: '글 하나를 여럿이 함께 씁니다. 줄마다 쓴 사람이 남습니다.',
  yourName: '대화명을 입력해 주십시오.',
  enter: '로그인',
  nameFaults: {
    empty: '대화명을 적어 주십시오.',
    long: '대화명은 64자까지입니다.',
    control: '대화명에 쓸 수 없는 글자가 있습니다. 빼고 다시 적어 주십시오.',
  },
  changeName: '대화명 바꾸기',
  giveName: '대화명 정하기',
  change: '바꾸기',
  cancel: '취소',
  close: '닫기',
  menu: '메뉴',
  theme: '화면 색',
  themes: { system: '시스템 설정대로', light: '밝게', dark: '어둡게' },
  allThreads: '글 목록',
  live: '실시간 현황',
  deck: '한 줄씩 쓰기',
  offline: '연결이 끊겼습니다. 다시 연결하는 중…',
  connecting: '연결하는 중…',
  connected: '다시 연결되었습니다.',
  tryNow: '지금 연결',
  noSocket: '이 브라우저에는 WebSocket이 없거나 꺼져 있습니다. 다른 사람의 글을 보려면 필요합니다.',
  codes: {
    offline: '지금은 연결되어 있지 않습니다. 잠시 뒤에 다시 해 보십시오.',
    unanswered: '답을 받기 전에 연결이 끊겼습니다. 다시 하기 전에 목록에 있는지 보십시오.',
    not_found: '그런 글이 없습니다.',
    bad_value: '쓸 수 없는 내용입니다. 비었거나 너무 길거나 쓸 수 없는 글자가 있습니다.',
    bad_message: '서버가 이 화면의 말을 알아듣지 못했습니다. 새로 고쳐 주십시오.',
    not_joined: '서버가 이 글을 놓쳤습니다. 다시 들어갑니다.',
    forbidden: '고칠 권한이 없습니다.',
    read_only: '읽기만 할 수 있는 글입니다.',
    too_large: '너무 깁니다.',
    too_many: '한 번에 너무 많습니다.',
    rate_limited: '너무 빨랐습니다. 잠시 뒤에 다시 해 보십시오.',
    stale: '글이 그사이 바뀌었습니다. 다시 해 보십시오.',
    unavailable: '서버가 지금 디스크에 적지 못합니다. 잃은 것은 없습니다. 잠시 뒤에 다시 해 보십시오.',
  } as Record<string, string>,
} satisfies typeof en

export const phrases = pick(en, ko)

const ours = new Set(['offline', 'unanswered']) // not codes of the server's, so nobody could look them up

/** why puts a refusal in plain words: by its code, else in the server's own. */
export function why(code: string, text: string): string {
  const plain = phrases.codes[code] ?? text
  return code && !ours.has(code) ? `${plain} (${code})` : plain
}
