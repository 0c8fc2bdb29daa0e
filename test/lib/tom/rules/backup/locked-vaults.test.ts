import { lockedVaults } from '../../../../../lib/tom/rules/backup/locked-vaults';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources } from '../example';
import { backups, statements } from './example-backups';

const verdict = (resources: Resources, facts = {}) => answers(lockedVaults, resources, facts).Vault;
const withLock = (lock: JsonObject) => changed(backups, 'Vault', { LockConfiguration: lock });
const withPolicy = (...policy: JsonObject[]) => changed(backups, 'Vault', { AccessPolicy: { Statement: policy } });
const [ending, weakening] = statements('eu-west-3') as [JsonObject, JsonObject];
const days = { MinRetentionDays: 30, MaxRetentionDays: 30 };
const endings = (ending.Action as Json[]).map((action) => `ends::${String(action)}`);
const weakenings = (weakening.Action as Json[]).map((action) => `weakens::${String(action)}`);

test('a locked vault complies, outside production in governance mode too', () => {
  expect(verdict(backups)).toBe('compliant');
  expect(verdict(withLock(days), { environment: 'staging' })).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['no lock', changed(backups, 'Vault', { LockConfiguration: undefined }), ['MinRetentionDays', 'MaxRetentionDays', 'mode']],
  ['a lock that admits a day', withLock({ ...days, MinRetentionDays: 1, ChangeableForDays: 3 }), ['MinRetentionDays']],
  ['a lock without a longest time', withLock({ MinRetentionDays: 30, ChangeableForDays: 3 }), ['MaxRetentionDays']],
  ['a lock that a deployment removes', withLock(days), ['mode']],
  ['a lock that is final after a year', withLock({ ...days, ChangeableForDays: 365 }), ['mode']],
  ['the key of AWS', changed(backups, 'Vault', { EncryptionKeyArn: undefined }), ['key']],
  ['no policy', changed(backups, 'Vault', { AccessPolicy: undefined }), [...endings, ...weakenings]],
  ['the end of points for one role', withPolicy({ ...ending, Principal: { AWS: 'arn:aws:iam::1:role/x' } }, weakening), endings],
  [
    'the end of points under a condition',
    withPolicy({ ...ending, Condition: { Bool: { 'aws:ViaAWSService': 'false' } } }, weakening),
    endings,
  ],
  ['the end of some points', withPolicy({ ...ending, Resource: 'arn:aws:backup:eu-west-3:1:recovery-point:x' }, weakening), endings],
  ['a policy that any deployment of another region changes', withPolicy(ending, statements('eu-central-1')[1] as JsonObject), weakenings],
  [
    'an admitted account',
    withPolicy(ending, weakening, { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'backup:CopyIntoBackupVault', Resource: '*' }),
    ['admits::Properties.AccessPolicy.Statement.2'],
  ],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});

test('a denial to everyone, deployments included, complies', () => {
  const { Condition: _, ...always } = weakening;
  expect(verdict(withPolicy(ending, always))).toBe('compliant');
});
