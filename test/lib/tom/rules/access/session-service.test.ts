import { settingsSchema } from '../../../../../lib/config/settings/settings';
import { sessionService } from '../../../../../lib/tom/rules/access/session-service';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, key, type Resources, ref, resource, without } from '../example';

const inputs: JsonObject = {
  ...{ s3BucketName: '', s3KeyPrefix: '', s3EncryptionEnabled: true, cloudWatchLogGroupName: '/rempart/production/sessions' },
  ...{ cloudWatchEncryptionEnabled: true, cloudWatchStreamingEnabled: true, kmsKeyId: att('Key') },
  ...{ runAsEnabled: true, runAsDefaultUser: 'shell', idleSessionTimeout: '15', maxSessionDuration: '240' },
};
const content = (more: Readonly<Record<string, Json | undefined>> = {}): JsonObject => ({
  ...{ schemaVersion: '1.0', description: 'Shells of servers', sessionType: 'Standard_Stream' },
  inputs: Object.fromEntries(Object.entries({ ...inputs, ...more }).filter(([, value]) => value !== undefined)) as JsonObject,
});
const example: Resources = {
  ...key,
  Trail: resource('AWS::CloudTrail::Trail'),
  Log: resource('AWS::Logs::LogGroup', { LogGroupName: '/rempart/production/sessions', KmsKeyId: att('Key'), RetentionInDays: 365 }),
  Document: resource('AWS::SSM::Document', {
    ...{ Name: 'production-shell', DocumentType: 'Session', UpdateMethod: 'NewVersion', Content: content() },
  }),
};
const verdict = (resources: Resources, timeouts: object = {}) => {
  const settings = settingsSchema.parse({ environment: 'production', owner: 'platform-team', access: { timeouts } });
  return answers(sessionService, resources, { settings }).Trail;
};
const withInputs = (more: Readonly<Record<string, Json | undefined>>): Resources =>
  changed(example, 'Document', { Content: content(more) });

test('shells with finite times, a user without root and a retained log comply', () => {
  expect(verdict(example)).toBe('compliant');
  const longest = { shellIdleMinutes: 20, shellMaximumMinutes: 480 };
  expect(verdict(withInputs({ idleSessionTimeout: '20', maxSessionDuration: '480' }), longest)).toBe('compliant');
  const shortest = { shellIdleMinutes: 1, shellMaximumMinutes: 1 };
  expect(verdict(withInputs({ idleSessionTimeout: '1', maxSessionDuration: '1' }), shortest)).toBe('compliant');
  expect(verdict(changed(example, 'Log', { RetentionInDays: 90 }))).toBe('compliant');
});

const input = (name: string) => `Content.inputs.${name}`;
const log = [input('cloudWatchLogGroupName')];

test.each<[string, Resources, string[]]>([
  ['no document', without(example, 'Document'), ['missing']],
  ['a document of another deployment', changed(example, 'Document', { Name: 'staging-shell' }), ['document::Document', 'missing']],
  ['a second document', { ...example, Second: resource('AWS::SSM::Document', { Name: 'second' }) }, ['document::Second']],
  ['a command', changed(example, 'Document', { DocumentType: 'Command' }), ['DocumentType']],
  ['a document that is replaced', changed(example, 'Document', { UpdateMethod: undefined }), ['UpdateMethod']],
  ['a forwarded port', changed(example, 'Document', { Content: { ...content(), sessionType: 'Port' } }), ['Content.sessionType']],
  ['another schema', changed(example, 'Document', { Content: { ...content(), schemaVersion: '2.2' } }), ['Content.schemaVersion']],
  ['parameters of the caller', changed(example, 'Document', { Content: { ...content(), parameters: {} } }), ['content::parameters']],
  ['other idle minutes than those of the configuration', withInputs({ idleSessionTimeout: '14' }), [input('idleSessionTimeout')]],
  ['21 idle minutes', withInputs({ idleSessionTimeout: '21' }), [input('idleSessionTimeout')]],
  ['an idle time of zero', withInputs({ idleSessionTimeout: '0' }), [input('idleSessionTimeout')]],
  ['an idle time as a number', withInputs({ idleSessionTimeout: 15 }), [input('idleSessionTimeout')]],
  ['no idle time', withInputs({ idleSessionTimeout: undefined }), [input('idleSessionTimeout')]],
  ['481 minutes', withInputs({ maxSessionDuration: '481' }), [input('maxSessionDuration')]],
  ['no maximum', withInputs({ maxSessionDuration: '' }), [input('maxSessionDuration')]],
  ['the user of the agent, who has root', withInputs({ runAsEnabled: false }), [input('runAsEnabled')]],
  ['root', withInputs({ runAsDefaultUser: 'root' }), [input('runAsDefaultUser')]],
  ['no user', withInputs({ runAsDefaultUser: undefined }), [input('runAsDefaultUser')]],
  ['a log that may be plain', withInputs({ cloudWatchEncryptionEnabled: false }), [input('cloudWatchEncryptionEnabled')]],
  ['a log at the end alone', withInputs({ cloudWatchStreamingEnabled: false }), [input('cloudWatchStreamingEnabled')]],
  ['a bucket that may be plain', withInputs({ s3EncryptionEnabled: false }), [input('s3EncryptionEnabled')]],
  ['no log', withInputs({ cloudWatchLogGroupName: '' }), log],
  ['a log that does not exist', withInputs({ cloudWatchLogGroupName: '/other' }), log],
  ['a log without a key', changed(example, 'Log', { KmsKeyId: undefined }), log],
  ['a log with another kind of key', changed(example, 'Log', { KmsKeyId: ref('Trail') }), log],
  ['a log of 89 days', changed(example, 'Log', { RetentionInDays: 89 }), log],
  ['a log without a retention', changed(example, 'Log', { RetentionInDays: undefined }), log],
  ['no key of sessions', withInputs({ kmsKeyId: '' }), [input('kmsKeyId')]],
  ['a key of AWS', withInputs({ kmsKeyId: 'alias/aws/ssm' }), [input('kmsKeyId')]],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});

test('a document whose content is text has no readable limits', () => {
  expect(verdict(changed(example, 'Document', { Content: '{"schemaVersion": "1.0"}' }))).toEqual(expect.arrayContaining([...log]));
});
