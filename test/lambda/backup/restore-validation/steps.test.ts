// Verdicts as tags, and the answer of a database that has another form.
import { parseState } from '../../../../lambda/backup/restore-validation/state';
import { instanceName, isClosed, nextStep, tagOf, verdictIn } from '../../../../lambda/backup/restore-validation/steps';
import { soundState } from './mock-restores';

test('a verdict goes into a tag and comes back, without characters that RDS refuses', () => {
  const verdict = { status: 'FAILED', message: 'Site 7 has lost 1 of 3 rows; run "reindex" (now).' } as const;
  expect(tagOf(verdict)).toBe('FAILED Site 7 has lost 1 of 3 rows run reindex now .');
  expect(verdictIn(tagOf(verdict))).toEqual({ status: 'FAILED', message: 'Site 7 has lost 1 of 3 rows run reindex now .' });
  expect(tagOf({ status: 'SUCCESSFUL', message: 'x'.repeat(1000) })).toHaveLength(256);
  expect(verdictIn(tagOf({ status: 'SUCCESSFUL', message: '' }))).toEqual({ status: 'SUCCESSFUL', message: '' });
});

test.each([undefined, '', 'SUCCESSFULLY', 'passed', 'successful x'])('%s is no verdict', (tag) => {
  expect(verdictIn(tag)).toBeUndefined();
});

test('the name of an instance is one that RDS takes, and no backup plan takes up', () => {
  expect(instanceName('ABCDEF01-2345-6789-ABCD-EF0123456789')).toMatch(/^awsbackup-restore-test-[a-z0-9-]{36}$/);
  expect(instanceName('ABCDEF01-2345-6789-ABCD-EF0123456789').length).toBeLessThanOrEqual(63);
});

test('a job that AWS Backup says is being validated is open', () => {
  const job = { id: 'a', status: 'COMPLETED', created: new Date(), validation: 'VALIDATING' } as const;
  expect(isClosed(job)).toBe(false);
  expect(nextStep(job, {}, new Date(), { giveUpHours: 6, reportHours: 7 })).toMatchObject({ do: 'alarm' });
  expect(nextStep({ ...job, validation: 'SUCCESSFUL' }, {}, new Date(), { giveUpHours: 6, reportHours: 7 })).toMatchObject({
    do: 'nothing',
  });
});

test.each<[string, unknown]>([
  ['nothing', null],
  ['a text', 'sound'],
  ['no rows', { ...soundState(), rows: undefined }],
  ['a number as text', { ...soundState(), rows: { people: { 7: '3' } } }],
  ['no partitions', { ...soundState(), partitions: undefined }],
  ['no counts', { ...soundState(), counts: null }],
  ['a count without removals', { ...soundState(), counted: { hits_2026_11_30: { rows: {} } } }],
  ['a count of the source as text', { ...soundState(), counts: { hits_2026_11_30: { rows: { 7: '1' } } } }],
  ['no list of what was not counted', { ...soundState(), notCounted: 2 }],
  ['a record without partitions', { ...soundState(), record: { ...soundState().record, partitions: undefined } }],
  ['a shape without policies', { ...soundState(), shape: { tables: {}, indexes: {} } }],
  ['a record without a time', { ...soundState(), record: { ...soundState().record, recordedAt: 'yesterday' } }],
  ['names that are numbers', { ...soundState(), detached: [1] }],
  ['security that is no truth', { ...soundState(), shape: { ...soundState().shape, tables: { people: 'on' } } }],
  ['no list of partitions', { ...soundState(), droppedPartitions: {} }],
])('a database that answers %s is not taken for a sound one', (_, answer) => {
  expect(() => parseState(answer)).toThrow(/^restored database: expected .*; compare the migrations of both$/);
});
