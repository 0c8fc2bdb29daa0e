// Mutants of lines: each line is removed, changed and joined by others; comments, blank lines and words for people are
// harmless.
import { type LineMutation, lineMutations } from '../../../../tools/develop/mutate/lines';

const script = ['#!/bin/bash', '# says why', '', 'limit=10', 'echo "$limit" \\', '# of the call'].join('\n');
const all = [...lineMutations(script, 'script')];
const of = (kind: LineMutation['kind'], line: number) => all.filter((mutation) => mutation.kind === kind && mutation.line === line);

test('each line is removed once', () => {
  const removed = all.filter(({ kind }) => kind === 'line removed');
  expect(removed.map(({ text }) => text.split('\n').length)).toEqual(Array(6).fill(5));
  expect(removed.map(({ isHarmless }) => isHarmless)).toEqual([false, true, true, false, false, false]);
});

test('a character, a number and a value of a line are changed', () => {
  expect(of('line changed', 4).map(({ text }) => text.split('\n')[3])).toEqual([
    'ximit=10',
    'limix=10',
    'limit=1x',
    'limit=11',
    'limit=stranger',
  ]);
  expect(of('line changed', 3)).toEqual([]);
});

test('a comment is harmless while it remains one', () => {
  expect(of('line changed', 2).map(({ text, isHarmless }) => [text.split('\n')[1], isHarmless])).toEqual([
    ['x says why', false],
    ['# sayx why', true],
    ['# says whx', true],
  ]);
});

test('a line of a stranger is added before, between and after the lines, and each line once more', () => {
  const added = all.filter(({ kind }) => kind === 'line added');
  expect(added).toHaveLength(7 + 6);
  expect(added.filter(({ text }) => text.startsWith('Stranger=stranger\n'))).toHaveLength(1);
  // A second interpreter line is a comment; a comment after a line that continues is code.
  expect(of('line added', 2).map(({ isHarmless }) => isHarmless)).toEqual([false, true]);
  expect(of('line added', 7).map(({ isHarmless }) => isHarmless)).toEqual([false, true]);
  expect(of('line added', 6).map(({ isHarmless }) => isHarmless)).toEqual([false, false]);
});

test('the description of a unit is free and present', () => {
  const unit = [...lineMutations('[Unit]\nDescription=Collector of hits', 'unit')].filter(({ line }) => line === 2);
  const harmless = unit.filter(({ isHarmless }) => isHarmless).map(({ kind, text }) => `${kind} ${text.split('\n')[1]}`);
  expect(harmless).toEqual(['line changed Description=Cxllector of hits', 'line changed Description=Collector of hitx']);
});

test('without a syntax, no line is harmless', () => {
  expect([...lineMutations(script)].filter(({ isHarmless }) => isHarmless)).toEqual([]);
});
