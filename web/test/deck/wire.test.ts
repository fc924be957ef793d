import { expect, test } from 'vitest'
import { decode } from '../../src/deck/wire'
import frames from '../testdata/frames.json'

test.each(frames)('frame %$ is read as written beside it', ({ frame, read }) => {
  expect(decode(JSON.stringify(frame))).toEqual(read)
})

test('what is not JSON is not for us', () => {
  for (const s of ['', 'HB', '{', '{"type":"status","connections":1']) expect(decode(s)).toBeNull()
})
