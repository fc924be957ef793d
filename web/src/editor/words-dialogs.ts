// What only the parts say that come when they are asked for: the dialogs and the
// preview.

import { pick } from '../base/words'

const en = {
  versionTitle: 'Name this version',
  versionWhy: (rev: string) => `A name for the text as it is now (#${rev}), to find it again and to link to it.`,
  versionLabel: 'Name',
  versionFaults: {
    empty: 'Please write a name.',
    digits: 'A name of digits only would read as a revision. Add a letter.',
    at: 'A name has no @.',
    dash: 'A name does not begin with a hyphen.',
    time: 'This reads as a time. Write it differently.',
  },
  versionRefused: 'This name is taken already, or the server does not allow it. Please choose another.',
  versionDone: (name: string, rev: string) => `“${name}” is the name of revision #${rev} now.`,
  nameIt: 'Name it',
  openIt: 'Open it',

  keys: 'Keys',
  keyGroups: {
    text: 'Writing', find: 'Finding', lines: 'Lines', page: 'This page',
  },
  key: {
    undo: 'Undo what you did', redo: 'Redo', selectAll: 'Select everything', submit: 'Finish the line', save: 'Say whether all is on disk',
    find: 'Find and replace', next: 'Next match', previous: 'Previous match', goto: 'Go to a line', selectNext: 'Select the next match too',
    up: 'Move the line up', down: 'Move the line down', copyDown: 'Copy the line down', remove: 'Delete the line', indent: 'Indent', outdent: 'Indent less',
    who: 'Who wrote this line', past: 'History of this line', keys: 'These keys', comment: 'Comment, or not',
  },
  tabMoves: 'Tab moves to the next part of the page. In the menu you can have it indent instead.',
  tabIndents: 'Tab indents. Escape and then Tab leaves the text. The menu changes that.',

  stuck: 'Your text and the server’s no longer fit together',
  stuckWhy: 'The text on the server is not the one your edits were made on: it was restored from a backup, for example. Nothing of yours is lost; it stands below. Save it first, then choose.',
  stuckText: 'Your text',
  saveFile: 'Save as a file',
  copy: 'Copy',
  takeTheirs: 'Take the server’s text',
  takeTheirsWhy: 'Your edits that are not on disk are forgotten.',
  sure: 'Forget my edits',
  putMine: 'Put mine on top',
  putMineWhy: 'The text becomes yours by one more change, with your name. What others wrote since stays in the history.',
  keepMine: 'Back',

  closePreview: 'Close the preview',
  nothingToPreview: 'Nothing to preview yet.',
  image: 'Image',
  language: 'Language of the text',
  close: 'Close',
  byTitle: (name: string) => `By the title (${name})`,
}

const ko = {
  versionTitle: '이 판에 이름 붙이기',
  versionWhy: (rev: string) => `지금의 글(#${rev})에 이름을 붙여 나중에 다시 찾고 링크로 나눌 수 있습니다.`,
  versionLabel: '이름',
  versionFaults: {
    empty: '이름을 적어 주십시오.',
    digits: '숫자만으로는 판 번호와 구별되지 않습니다. 글자를 더해 주십시오.',
    at: '이름에 @는 쓸 수 없습니다.',
    dash: '이름은 붙임표로 시작할 수 없습니다.',
    time: '시각으로 읽힙니다. 다르게 적어 주십시오.',
  },
  versionRefused: '이미 있는 이름이거나 서버가 허락하지 않는 이름입니다. 다른 이름을 적어 주십시오.',
  versionDone: (name: string, rev: string) => `이제 #${rev}의 이름은 “${name}”입니다.`,
  nameIt: '이름 붙이기',
  openIt: '열기',

  keys: '단축키',
  keyGroups: {
    text: '쓰기', find: '찾기', lines: '줄', page: '이 화면',
  },
  key: {
    undo: '내가 한 것 되돌리기', redo: '다시 하기', selectAll: '모두 선택', submit: '줄 마치기', save: '모두 저장되었는지 보기',
    find: '찾기와 바꾸기', next: '다음 찾기', previous: '이전 찾기', goto: '줄 번호로 가기', selectNext: '다음 것도 선택',
    up: '줄을 위로', down: '줄을 아래로', copyDown: '줄을 아래로 복사', remove: '줄 지우기', indent: '들여쓰기', outdent: '내어쓰기',
    who: '이 줄을 쓴 사람', past: '이 줄의 기록', keys: '이 단축키 목록', comment: '주석 달기, 풀기',
  },
  tabMoves: 'Tab은 화면의 다음 부분으로 갑니다. 메뉴에서 들여쓰기로 바꿀 수 있습니다.',
  tabIndents: 'Tab은 들여쓰기입니다. Esc 다음에 Tab을 누르면 글에서 나갑니다. 메뉴에서 바꿀 수 있습니다.',

  stuck: '쓰신 글이 서버의 글과 더는 맞지 않습니다',
  stuckWhy: '서버의 글이 수정의 바탕이 된 글과 다릅니다. 예를 들어 백업에서 되살린 경우입니다. 쓰신 것은 잃지 않았고 아래에 있습니다. 먼저 저장하신 뒤에 골라 주십시오.',
  stuckText: '쓰신 글',
  saveFile: '파일로 저장',
  copy: '복사',
  takeTheirs: '서버의 글로 계속하기',
  takeTheirsWhy: '아직 저장되지 않은 수정은 버립니다.',
  sure: '내 수정 버리기',
  putMine: '내 글을 위에 얹기',
  putMineWhy: '내 이름으로 한 번 더 고쳐 글이 내 것과 같아집니다. 그사이 다른 사람이 쓴 것은 기록에 남습니다.',
  keepMine: '뒤로',

  closePreview: '미리 보기 닫기',
  nothingToPreview: '아직 미리 볼 것이 없습니다.',
  image: '그림',
  language: '글의 언어',
  close: '닫기',
  byTitle: (name: string) => `제목에 따라 (${name})`,
} satisfies typeof en

export const words = pick(en, ko)
