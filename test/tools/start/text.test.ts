// Columns of text: nothing is lost, no line is wider than it may be.
import { labelLines, row, wrap } from '../../../tools/start/text';

describe('wrap', () => {
  test('breaks between words', () => {
    expect(wrap('doors are locked at night', 10)).toEqual(['doors are', 'locked at', 'night']);
  });

  test('fills a line to its last column', () => {
    expect(wrap('doors are', 9)).toEqual(['doors are']);
    expect(wrap('doors are', 8)).toEqual(['doors', 'are']);
  });

  test('cuts a word that is too long, and loses nothing of it', () => {
    expect(wrap('a production-account/Key', 8)).toEqual(['a', 'producti', 'on-accou', 'nt/Key']);
  });

  test('makes one empty line of nothing', () => {
    expect(wrap('', 8)).toEqual(['']);
  });
});

describe('row', () => {
  test('sets cells side by side, each paragraph on a line of its own', () => {
    const cells = [
      { paragraphs: ['one two'], width: 5 },
      { paragraphs: ['x'], width: 3 },
      { paragraphs: ['first', 'second'], width: 9 },
    ];
    expect(row(cells)).toEqual(['one    x    first', 'two         second']);
  });

  test('does not count paint as width', () => {
    const paint = (text: string): string => `<${text}>`;
    const cells = [
      { paragraphs: ['ab'], width: 4, paint },
      { paragraphs: ['cd ef'], width: 2 },
    ];
    expect(row(cells)).toEqual(['<ab>    cd', '      ef']);
  });

  test('ends no line in spaces', () => {
    const cells = [
      { paragraphs: ['a b'], width: 1 },
      { paragraphs: ['c'], width: 9 },
    ];
    expect(row(cells)).toEqual(['a  c', 'b']);
    expect(
      row([
        { paragraphs: ['a'], width: 9 },
        { paragraphs: [], width: 9 },
      ]),
    ).toEqual(['a']);
  });
});

test('labelled puts the label on the first line alone', () => {
  expect(labelLines('found', `${'a'.repeat(20)} ${'b'.repeat(20)}`, 2, 34)).toEqual([
    `  found       ${'a'.repeat(20)}`,
    `              ${'b'.repeat(20)}`,
  ]);
});
