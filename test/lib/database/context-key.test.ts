import { firstVersion } from '../../../lib/database/context-key';
import { parseContextKey } from '../../../runtime/site-context';
import { siteFor } from '../stacks/account-stack';
import { only } from '../stacks/data-stack';

const restoredFrom = (name: string) =>
  siteFor({ settings: { data: { restoreFrom: { home: `arn:aws:rds:eu-west-3:111111111111:cluster-snapshot:${name}` } } } });

test('what is generated is a key that the functions read', () => {
  const { SecretStringTemplate, GenerateStringKey, PasswordLength, ExcludePunctuation, IncludeSpace } = only(
    {},
    'AWS::SecretsManager::Secret',
  ).GenerateSecretString as {
    SecretStringTemplate: string;
    GenerateStringKey: string;
    PasswordLength: number;
    ExcludePunctuation: boolean;
    IncludeSpace: boolean;
  };
  expect([ExcludePunctuation, IncludeSpace]).toEqual([true, false]);
  const secret = { ...JSON.parse(SecretStringTemplate), [GenerateStringKey]: 'aB3'.repeat(30).slice(0, PasswordLength) };
  expect(parseContextKey(JSON.stringify(secret))).toMatchObject({ version: 1 });
  expect(parseContextKey(JSON.stringify(secret)).key).toHaveLength(48);
});

test('a restored database is given a version that it does not know, and that fits', () => {
  expect(firstVersion(siteFor())).toBe(1);
  const versions = Array.from({ length: 200 }, (_, index) => firstVersion(restoredFrom(`a${index}`)));
  expect(new Set(versions).size).toBeGreaterThan(190);
  expect(Math.min(...versions)).toBeGreaterThanOrEqual(1000);
  expect(Math.max(...versions)).toBeLessThan(32_000);
  expect(firstVersion(restoredFrom('a1'))).toBe(versions[1]);
});

test('is rotated every 90 days by a function that only the secrets store of this account may call', () => {
  expect(only({}, 'AWS::SecretsManager::RotationSchedule')).toMatchObject({
    RotationRules: { AutomaticallyAfterDays: 90 },
    RotateImmediatelyOnUpdate: false,
    SecretId: { Ref: 'ContextKeyEAD3712C' },
  });
  expect(only({}, 'AWS::Lambda::Permission')).toMatchObject({
    Principal: 'secretsmanager.amazonaws.com',
    SourceAccount: '111111111111',
    SourceArn: { Ref: 'ContextKeyEAD3712C' },
  });
});
