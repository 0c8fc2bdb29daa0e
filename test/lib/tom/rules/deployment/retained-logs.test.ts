import { retainedLogs } from '../../../../../lib/tom/rules/deployment/retained-logs';
import { answers, att, key, ref, resource } from '../example';

const good = { RetentionInDays: 90, KmsKeyId: att('Key') };
const verdict = (properties: object, rest = {}, changed = {}) =>
  answers(retainedLogs, { ...key, A: resource('AWS::Logs::LogGroup', properties as never, { DeletionPolicy: 'Retain', ...rest }) }, changed)
    .A;

test('a log group that is encrypted, kept and retained complies', () => {
  expect(verdict(good)).toBe('compliant');
  expect(verdict(good, { DeletionPolicy: 'RetainExceptOnCreate' })).toBe('compliant');
});

test.each([
  ['short', { ...good, RetentionInDays: 60 }, ['retention']],
  ['without an end', { KmsKeyId: att('Key') }, ['retention']],
  ['an unresolvable retention', { ...good, RetentionInDays: ref('Days') }, ['retention']],
  ['a key of AWS', { ...good, KmsKeyId: 'alias/aws/logs' }, ['key']],
])('one with %s does not', (_, properties, ids) => {
  expect(verdict(properties)).toEqual(ids);
});

test('one that goes with its stack does not in production, and does elsewhere', () => {
  expect(verdict(good, { DeletionPolicy: 'Delete' })).toEqual(['removal']);
  expect(verdict(good, { DeletionPolicy: 'Delete' }, { environment: 'staging' })).toBe('compliant');
});

test('a function logs to a log group of the deployment', () => {
  const log = { Log: resource('AWS::Logs::LogGroup') };
  const lambda = (value: object) => answers(retainedLogs, { ...log, F: resource('AWS::Lambda::Function', value as never) }).F;
  expect(lambda({ LoggingConfig: { LogGroup: ref('Log') } })).toBe('compliant');
  expect(lambda({ LoggingConfig: { LogGroup: '/aws/lambda/f' } })).toEqual(['log-group']);
  expect(lambda({})).toEqual(['log-group']);
});
