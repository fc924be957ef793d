// The words that all pages share: names of places, the login, and what the
// server's error codes mean to a person.

import { pick } from './words'

const en = {
  what: 'Write a text together. Every line shows who wrote it.',
  yourName: 'Your name',
  enter: 'Enter',
  nameFaults: {
    empty: 'Please enter a name.',
    long: 'A name can have at most 64 characters.',
    control: 'The name has a character that cannot be shown. Please remove it.',
  },
  changeName: 'Change your name',
  giveName: 'Choose a name',
  change: 'Change',
  cancel: 'Cancel',
  close: 'Close',
  clockAhead: (by: string) => `The clock of this log runs ${by} ahead. New edits get the newest edit’s time until the clock has caught up.`,
  menu: 'Menu',
  theme: 'Theme',
  themes: { system: 'System default', light: 'Light', dark: 'Dark' },
  allThreads: 'All threads',
  live: 'Live activity',
  deck: 'Line by line',
  offline: 'Connection lost. Trying again…',
  connecting: 'Connecting…',
  connected: 'Connected again.',
  tryNow: 'Try now',
  noSocket: 'Parody Wave needs WebSockets to show what others write. This browser does not support them, or they are switched off.',
  codes: {
    offline: 'You are not connected. Try again in a moment.',
    unanswered: 'The connection broke before the server answered. Check the list before you try again.',
    not_found: 'This thread does not exist.',
    bad_value: 'This cannot be saved: it is empty, too long, or has a character that is not allowed.',
    bad_message: 'The server did not understand this page. Please reload it.',
    not_joined: 'The server lost track of this thread. Joining it again…',
    forbidden: 'You do not have permission to change this.',
    read_only: 'This text is read-only.',
    too_large: 'This is too long.',
    too_many_lines: 'A thread has room for 200,000 lines, and this would be more.',
    too_many: 'This is too much at once.',
    rate_limited: 'That was too fast. Try again in a moment.',
    stale: 'The text has changed in the meantime. Try again.',
    unknown: 'The server cannot say whether this was saved. Look before you try again.',
    unavailable: 'The server cannot do this right now. Nothing is lost: try again in a moment.',
  } as Record<string, string>,
}

const ko = {
  what: '글 하나를 여럿이 함께 써요. 줄마다 누가 썼는지 남아요.',
  yourName: '대화명을 입력해 주십시오.',
  enter: '로그인',
  nameFaults: {
    empty: '대화명을 적어 주세요.',
    long: '대화명은 64자까지 쓸 수 있어요.',
    control: '대화명에 쓸 수 없는 글자가 있어요. 그 글자를 빼 주세요.',
  },
  changeName: '대화명 바꾸기',
  giveName: '대화명 정하기',
  change: '바꾸기',
  cancel: '취소',
  close: '닫기',
  clockAhead: (by: string) => `이 기록의 시각이 실제보다 ${by} 앞서 있어요. 그때가 될 때까지 새 편집에는 가장 최근 편집의 시각이 표시돼요.`,
  menu: '메뉴',
  theme: '테마',
  themes: { system: '시스템 설정', light: '밝게', dark: '어둡게' },
  allThreads: '글 목록',
  live: '실시간 현황',
  deck: '한 줄씩 쓰기',
  offline: '연결이 끊겼어요. 다시 연결하는 중…',
  connecting: '연결하는 중…',
  connected: '다시 연결됐어요.',
  tryNow: '지금 연결',
  noSocket: '다른 사람이 쓰는 글을 보려면 WebSocket이 필요해요. 이 브라우저에는 없거나 꺼져 있어요.',
  codes: {
    offline: '지금은 연결되어 있지 않아요. 잠시 뒤에 다시 해 보세요.',
    unanswered: '답을 받기 전에 연결이 끊겼어요. 다시 하기 전에 목록에 이미 있는지 확인해 보세요.',
    not_found: '없는 글이에요.',
    bad_value: '저장할 수 없는 내용이에요. 비어 있거나, 너무 길거나, 쓸 수 없는 글자가 있어요.',
    bad_message: '서버가 이 화면의 요청을 이해하지 못했어요. 새로 고쳐 주세요.',
    not_joined: '이 글과 연결이 끊겼어요. 다시 들어가는 중…',
    forbidden: '고칠 권한이 없어요.',
    read_only: '읽기만 할 수 있는 글이에요.',
    too_large: '너무 길어요.',
    too_many_lines: '글 하나에는 20만 줄까지만 쓸 수 있어요.',
    too_many: '한 번에 너무 많아요.',
    rate_limited: '너무 빨랐어요. 잠시 뒤에 다시 해 보세요.',
    stale: '그사이 글이 바뀌었어요. 다시 해 보세요.',
    unknown: '저장됐는지 서버가 알려 주지 못해요. 다시 하기 전에 이미 저장됐는지 확인해 보세요.',
    unavailable: '지금은 서버가 처리하지 못해요. 잃은 것은 없으니 잠시 뒤에 다시 해 보세요.',
  } as Record<string, string>,
} satisfies typeof en

export const phrases = pick(en, ko)

const ours = new Set(['offline', 'unanswered']) // not codes of the server's, so nobody could look them up

/** why puts a refusal in plain words: by its code, else in the server's own. */
export function why(code: string, text: string): string {
  const plain = phrases.codes[code] ?? text
  return code && !ours.has(code) ? `${plain} (${code})` : plain
}
