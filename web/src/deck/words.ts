// The texts that only this page has.

import { pick } from '../base/words'

const en = {
  connections: (n: string, one: boolean) => (one ? `${n} connection` : `${n} connections`),
  newTitle: 'Title of a new thread',
  start: 'Start',
  none: 'No threads yet. Start the first one above.',
  older: (n: string) => `Older threads not shown: ${n}`,
  lines: (n: string, one: boolean) => (one ? `${n} line` : `${n} lines`),
  here: (n: string) => `${n} here`,
  yourLine: (n: string) => (n ? `Your line, line ${n}` : 'Your line'),
  write: 'Write a line and press Enter',
  how: 'Everyone here sees each letter as you type. Click a line, or use the arrow keys, to change it.',
  finished: 'finished',
  saving: 'Saving…',
  saved: (rev: string) => `On disk #${rev}`,
  lost: 'Connection lost. You can read, but not write, until it is back.',
  unsaved: 'The server did not confirm these lines. Check whether they are in the text, and write them again if they are missing.',
}

const ko: typeof en = {
  connections: (n) => `접속 ${n}`,
  newTitle: '새 글의 제목',
  start: '시작',
  none: '아직 글이 없어요. 위에서 첫 글을 시작해 보세요.',
  older: (n) => `보이지 않는 이전 글: ${n}개`,
  lines: (n) => `${n}줄`,
  here: (n) => `${n}명 접속`,
  yourLine: (n) => (n ? `내 줄, ${n}번째 줄` : '내 줄'),
  write: '한 줄 쓰고 Enter를 누르세요',
  how: '입력하는 글자를 함께 있는 모두가 바로 봐요. 이미 있는 줄은 누르거나 화살표 키로 옮겨 가서 고칠 수 있어요.',
  finished: '완료',
  saving: '저장하는 중…',
  saved: (rev) => `저장됨 #${rev}`,
  lost: '연결이 끊겼어요. 다시 연결될 때까지 읽을 수는 있지만 쓸 수는 없어요.',
  unsaved: '아래 줄은 저장됐는지 확인하지 못했어요. 본문에 있는지 보고, 없으면 다시 써 주세요.',
}

export const words = pick(en, ko)
