// What CodeMirror says, in the reader's language: by its own English words, where
// those are not good enough.

import { pick } from './words'

const en: Readonly<Record<string, string>> = {
  go: 'Go',
  Replace: 'Replace with',
  next: 'Next',
  previous: 'Previous',
  all: 'Select all',
  'match case': 'Match case',
  regexp: 'Regular expression',
  'by word': 'Whole words',
  replace: 'Replace',
  'replace all': 'Replace all',
  close: 'Close',
}

const ko: Readonly<Record<string, string>> = {
  'Control character': '제어 문자',
  'Selection deleted': '선택한 곳을 지웠어요',
  'Folded lines': '접은 줄',
  'Unfolded lines': '펼친 줄',
  to: '부터',
  'folded code': '접은 부분',
  unfold: '펼치기',
  'Fold line': '줄 접기',
  'Unfold line': '줄 펼치기',
  'Go to line': '줄 번호로 가기',
  go: '가기',
  Find: '찾기',
  Replace: '바꿀 말',
  next: '다음',
  previous: '이전',
  all: '모두 선택',
  'match case': '대소문자 구별',
  regexp: '정규식',
  'by word': '낱말 단위',
  replace: '바꾸기',
  'replace all': '모두 바꾸기',
  close: '닫기',
  'current match': '지금 찾은 곳',
  'on line': '줄',
  'replaced match on line $': '$번째 줄에서 바꿨어요',
  'replaced $ matches': '$곳을 바꿨어요',
}

export const codemirror = pick(en, ko)
