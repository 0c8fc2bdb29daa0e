// Stream and ingest in the `collection` part of the configuration: bounds, defaults, and the rule between the
// settings.
import { problemsOf, settingsOf, shortest } from '../folder';

const file = (...lines: string[]): string => `${shortest}collection:\n${lines.map((line) => `  ${line}\n`).join('')}`;

test('by default, the stream scales on demand', () => {
  expect(settingsOf(shortest).collection).toMatchObject({
    stream: { mode: 'on-demand' },
    ingest: { batchRecords: 100, batchSeconds: 5, parallel: 2 },
  });
});

test('a provisioned stream has a number of shards', () => {
  expect(settingsOf(file('stream: {mode: provisioned, shards: 4}')).collection.stream).toEqual({ mode: 'provisioned', shards: 4 });
});

test.each([
  ['provisioned without shards', 'stream: {mode: provisioned}', 'a number of shards with mode provisioned', 'none'],
  ['shards of a stream that grows by itself', 'stream: {shards: 4}', 'no shards with mode on-demand', '4'],
  ['the same, written out', 'stream: {mode: on-demand, shards: 4}', 'no shards with mode on-demand', '4'],
])('%s is objected to', (_, line, expected, got) => {
  expect(problemsOf(file(line))).toMatchObject([
    { where: expect.stringContaining(' collection.stream.shards'), expected, got: expect.stringContaining(got) },
  ]);
});

test.each([
  ['one shard, which is no redundancy', 'stream: {mode: provisioned, shards: 1}'],
  ['an unknown mode', 'stream: {mode: fast}'],
  ['no record', 'ingest: {batchRecords: 0}'],
  ['more records than a batch has', 'ingest: {batchRecords: 1001}'],
  ['a long wait', 'ingest: {batchSeconds: 61}'],
  ['more at once than Lambda admits', 'ingest: {parallel: 11}'],
  ['an unknown key', 'ingest: {memory: 1}'],
])('%s is refused', (_, line) => {
  expect(problemsOf(file(line))).toHaveLength(1);
});
