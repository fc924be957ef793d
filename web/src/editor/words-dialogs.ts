// What only the parts say that come when they are asked for: the dialogs and the
// preview.

import { pick } from '../base/words'

const en = {
  versionTitle: 'Name this version',
  versionWhy: (rev: string) => `Give the text as it is now (#${rev}) a name, to find it and link to it later.`,
  versionLabel: 'Name',
  versionFaults: {
    empty: 'Please enter a name.',
    digits: 'Digits alone would be read as a revision number. Add a letter.',
    at: 'A name cannot contain @.',
    dash: 'A name cannot start with a hyphen.',
    time: 'This would be read as a time. Please choose another name.',
  },
  versionRefused: 'This name is taken or not allowed. Please choose another.',
  versionDone: (name: string, rev: string) => `Revision #${rev} is now named “${name}”.`,
  nameIt: 'Save',
  openIt: 'Open',

  keys: 'Keyboard shortcuts',
  keyGroups: {
    text: 'Writing', find: 'Search', lines: 'Lines', page: 'This page',
  },
  key: {
    undo: 'Undo your last edit', redo: 'Redo', selectAll: 'Select all', submit: 'Finish the line', save: 'Check that everything is saved',
    find: 'Find and replace', next: 'Next match', previous: 'Previous match', goto: 'Go to a line', selectNext: 'Also select the next match',
    up: 'Move the line up', down: 'Move the line down', copyDown: 'Copy the line down', remove: 'Delete the line', indent: 'Indent more', outdent: 'Indent less',
    who: 'Who wrote this line', past: 'History of this line', keys: 'Show this list', comment: 'Toggle comment',
  },
  tabMoves: 'Tab moves to the next part of the page. You can make it indent in the menu.',
  tabIndents: 'Tab indents. Press Escape, then Tab, to leave the text. You can change this in the menu.',

  stuck: 'Your edits no longer fit the server’s text',
  stuckWhy: 'The server’s text is not the one that you edited. It may have been restored from a backup. Nothing is lost: your text is below. Save a copy first, then choose.',
  tooLarge: 'An edit is too large for the server',
  tooLargeWhy: 'The server does not accept an edit of yours, so nothing after it is saved either. Nothing is lost: your text is below. Save a copy first, then choose.',
  stuckText: 'Your text',
  saveFile: 'Save as a file',
  copy: 'Copy',
  takeTheirs: 'Use the server’s text',
  takeTheirsWhy: 'Your edits that are not on disk are discarded.',
  sure: 'Discard my edits',
  putMine: 'Use my text',
  putMineWhy: 'One new edit under your name makes the text yours. Later edits by others stay in the history.',
  keepMine: 'Back',

  closePreview: 'Close the preview',
  nothingToPreview: 'Nothing to preview yet.',
  image: 'Image',
  language: 'Language',
  byTitle: (name: string) => `From the title (${name})`,
}

const ko = {
  versionTitle: '이 버전에 이름 붙이기',
  versionWhy: (rev: string) => `지금의 글(#${rev})에 이름을 붙이면 나중에 다시 찾고 링크로 나눌 수 있어요.`,
  versionLabel: '이름',
  versionFaults: {
    empty: '이름을 적어 주세요.',
    digits: '숫자만 쓰면 버전 번호와 구별되지 않아요. 글자를 더해 주세요.',
    at: '이름에 @는 쓸 수 없어요.',
    dash: '이름은 붙임표(-)로 시작할 수 없어요.',
    time: '시각으로 읽히는 이름이에요. 다른 이름을 적어 주세요.',
  },
  versionRefused: '이미 있거나 쓸 수 없는 이름이에요. 다른 이름을 적어 주세요.',
  versionDone: (name: string, rev: string) => `#${rev}에 이름을 붙였어요: ${name}`,
  nameIt: '저장',
  openIt: '열기',

  keys: '단축키',
  keyGroups: {
    text: '쓰기', find: '찾기', lines: '줄', page: '이 화면',
  },
  key: {
    undo: '실행 취소', redo: '다시 실행', selectAll: '모두 선택', submit: '줄 마치기', save: '모두 저장됐는지 보기',
    find: '찾기와 바꾸기', next: '다음 찾은 곳', previous: '이전 찾은 곳', goto: '줄 번호로 가기', selectNext: '다음 찾은 곳도 선택',
    up: '줄을 위로', down: '줄을 아래로', copyDown: '줄을 아래로 복사', remove: '줄 지우기', indent: '들여쓰기', outdent: '내어쓰기',
    who: '이 줄을 쓴 사람', past: '이 줄의 기록', keys: '이 단축키 목록', comment: '주석 켜고 끄기',
  },
  tabMoves: 'Tab을 누르면 화면의 다음 부분으로 가요. 메뉴에서 들여쓰기로 바꿀 수 있어요.',
  tabIndents: 'Tab을 누르면 들여써요. Esc 다음에 Tab을 누르면 글에서 나가요. 메뉴에서 바꿀 수 있어요.',

  stuck: '내가 고친 내용이 서버의 글과 더는 맞지 않아요',
  stuckWhy: '서버의 글이 내가 고치던 글과 달라요. 서버를 백업에서 되살렸을 수 있어요. 내 글은 아래에 그대로 있으니 먼저 저장한 뒤에 골라 주세요.',
  tooLarge: '수정 한 건이 너무 커서 저장할 수 없어요',
  tooLargeWhy: '서버가 받지 않는 수정이 있어서 그 뒤에 쓴 글도 저장되지 않았어요. 내 글은 아래에 그대로 있으니 먼저 저장한 뒤에 골라 주세요.',
  stuckText: '내 글',
  saveFile: '파일로 저장',
  copy: '복사',
  takeTheirs: '서버의 글 쓰기',
  takeTheirsWhy: '아직 저장되지 않은 수정은 버려요.',
  sure: '내 수정 버리기',
  putMine: '내 글 쓰기',
  putMineWhy: '내 이름으로 한 번 더 고쳐서 내 글과 같게 만들어요. 그사이 다른 사람이 쓴 글은 기록에 남아요.',
  keepMine: '뒤로',

  closePreview: '미리 보기 닫기',
  nothingToPreview: '아직 미리 볼 것이 없어요.',
  image: '그림',
  language: '글의 언어',
  byTitle: (name: string) => `제목대로 (${name})`,
} satisfies typeof en

export const words = pick(en, ko)
