import { parseContextKey } from '../../../runtime/site-context';
import { only } from '../stacks/data-stack';

test('the generated secret is a key that the functions parse', () => {
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

test('stays as it is when the database is restored, and when that is rolled back', () => {
  const restored = { settings: { data: { restoreFrom: { home: 'arn:aws:rds:eu-west-3:111111111111:cluster-snapshot:a' } } } };
  expect(only(restored, 'AWS::SecretsManager::Secret')).toEqual(only({}, 'AWS::SecretsManager::Secret'));
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
