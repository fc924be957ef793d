// The words of the gutter.

import { pick } from '../../base/words'

const en = {
  finished: 'finished',
  deleted: (n: string, one: boolean) => (one ? `${n} line deleted` : `${n} lines deleted`),
  deletedBy: (lines: string, who: string, when: string) => `${lines} here, ${who}, ${when}`,
  was: 'was',
}

const ko = {
  finished: '완료',
  deleted: (n: string) => `${n}줄 삭제됨`,
  deletedBy: (lines: string, who: string, when: string) => `여기에서 ${lines}, ${who}, ${when}`,
  was: '이전',
} satisfies typeof en

export const words = pick(en, ko)
