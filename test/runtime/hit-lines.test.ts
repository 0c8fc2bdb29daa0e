// Lines of the stream's records, for any bytes.
import fc from 'fast-check';
import { splitLines } from '../../runtime/hit-lines';

const split = (text: string) => splitLines(Buffer.from(text)).map((line) => Buffer.from(line).toString());

test.each([
  ['', []],
  ['\n\n', []],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\nb\n', ['a', 'b']],
  ['\na\n\nb', ['a', 'b']],
  ['a\r\nb\r\n\r\n', ['a', 'b']],
  ['ü\u2028x\n', ['ü\u2028x']],
])('%j', (text, lines) => expect(split(text)).toEqual(lines));

test('bytes that are not UTF-8 are unchanged', () => {
  expect(splitLines(Buffer.from([0xff, 10, 0xfe, 0]))).toEqual([Buffer.from([0xff]), Buffer.from([0xfe, 0])]);
});

test('lines joined are split again', () => {
  const line = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/[\r\n]/.test(text));
  const property = fc.property(fc.array(line), (lines) => {
    expect(split(lines.map((one) => `${one}\n`).join(''))).toEqual(lines.map((one) => Buffer.from(one).toString()));
  });
  fc.assert(property, { seed: 3, numRuns: 300 });
});
