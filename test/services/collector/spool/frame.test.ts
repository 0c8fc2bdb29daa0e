// Segments: after any cut or change, exactly the unchanged groups are read.
import fc from 'fast-check';
import { frameHeaderBytes, joinFrames, readSegment, segmentMark } from '../../../../services/collector/spool/frame';
import { newGroup } from '../../../../services/collector/spool/group';

const groups = (...texts: readonly string[]): Buffer[] =>
  texts.map((text, index) => {
    const group = newGroup(text);
    group.add(text, text.split('\n').length - 1);
    const frame = Buffer.from(group.frame(index === 0));
    group.release();
    return frame;
  });
const texts = (lines: readonly Buffer[]) => lines.map(String);
const three = ['{"a":1}\n', '{"b":"ü€𝄞"}\n{"c":3}\n', `{"d":"${'x'.repeat(50)}"}\n`] as const;

test('a complete segment returns its lines and their number', () => {
  const content = readSegment(Buffer.concat(groups(...three)));
  expect(texts(content.lines)).toEqual(three);
  expect(content).toMatchObject({ hits: 4, tornBytes: 0, damagedBytes: 0 });
});

test('the lines are joined within the memory of the segment', () => {
  const segment = Buffer.concat(groups(...three));
  const { lines } = readSegment(segment);
  const all = joinFrames(segment, lines);
  expect([all.toString(), all.buffer]).toEqual([three.join(''), segment.buffer]);
});

test('a segment cut at any byte returns its complete groups, and the rest counts as torn', () => {
  const frames = groups(...three);
  const segment = Buffer.concat(frames);
  const ends = frames.map((_, index) => Buffer.concat(frames.slice(0, index + 1)).length);
  for (let length = 0; length <= segment.length; length++) {
    const { lines, tornBytes, damagedBytes } = readSegment(segment.subarray(0, length));
    const whole = ends.filter((end) => end <= length);
    expect(texts(lines)).toEqual(three.slice(0, whole.length));
    // A segment of its mark alone holds nothing, and nothing is missing.
    const kept = whole.at(-1) ?? (length >= segmentMark.length ? segmentMark.length : 0);
    expect([length, tornBytes, damagedBytes]).toEqual([length, length - kept, 0]);
  }
});

test('zeros at the end, as after a power loss, count as torn', () => {
  const segment = Buffer.concat([...groups(...three), Buffer.alloc(4096)]);
  expect(readSegment(segment)).toMatchObject({ hits: 4, tornBytes: 4096, damagedBytes: 0 });
});

test('a changed byte affects its own group only', () => {
  const frames = groups(...three);
  const segment = Buffer.concat(frames);
  const ends = frames.map((_, index) => Buffer.concat(frames.slice(0, index + 1)).length);
  for (let at = 0; at < segment.length; at++) {
    const changed = Buffer.from(segment);
    changed[at] = (changed[at] ?? 0) ^ 0x41;
    const { lines, damagedBytes, tornBytes } = readSegment(changed);
    const inMark = at < segmentMark.length;
    const hit = inMark ? -1 : ends.findIndex((end) => at < end);
    expect(texts(lines)).toEqual(three.filter((_, index) => index !== hit));
    // In the last one a longer length looks like a write that was cut short: one cannot be told from the other.
    if (hit < 2) expect([at, damagedBytes > 0, tornBytes]).toEqual([at, true, 0]);
    else expect(damagedBytes + tornBytes).toBeGreaterThan(0);
  }
});

test('a changed last group of full length counts as damage, which is retained, not as torn', () => {
  const segment = Buffer.concat(groups(...three));
  segment[segment.length - 2] = 0;
  expect(readSegment(segment)).toMatchObject({ hits: 3, tornBytes: 0, damagedBytes: frameHeaderBytes + Buffer.byteLength(three[2]) });
});

test('any bytes are read completely and without an error', () => {
  const piece = fc.oneof(fc.uint8Array({ maxLength: 60 }).map(Buffer.from), fc.constantFrom(...groups(...three), segmentMark));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const bytes = Buffer.concat(pieces);
      const { lines, tornBytes, damagedBytes } = readSegment(bytes);
      const good = lines.reduce((sum, line) => sum + line.length + frameHeaderBytes, 0);
      const mark = bytes.subarray(0, segmentMark.length).equals(segmentMark) ? segmentMark.length : 0;
      expect(good + tornBytes + damagedBytes + mark).toBe(bytes.length);
    }),
    { numRuns: 500 },
  );
});
