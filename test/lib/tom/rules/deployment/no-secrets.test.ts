import { noSecrets } from '../../../../../lib/tom/rules/deployment/no-secrets';
import { Assembly, type Json } from '../../../../../lib/tom/template/assembly';
import { answers, facts, ref, resource, stack } from '../example';

const verdict = (properties: Record<string, Json>) => answers(noSecrets, { A: resource('AWS::Any::Type', properties) }).A;

test.each<[string, Record<string, Json>]>([
  ['a reference', { MasterUserPassword: ref('Parameter') }],
  ['a reference to the secrets store', { MasterUserPassword: '{{resolve:secretsmanager:name:SecretString:password}}' }],
  ['a generated secret', { GenerateSecretString: { PasswordLength: 32, ExcludeCharacters: '"@/' } }],
  ['settings of passwords', { PasswordPolicy: { MinimumLength: 9 }, ManageMasterUserPassword: true, TemporaryPasswordValidityDays: 1 }],
  ['the token of a service', { ServiceToken: { 'Fn::ImportValue': 'x' }, NextToken: 'y', BypassKey: 'z' }],
  ['the name of a secret', { SecretId: 'production-database', Environment: { Variables: { SECRET_NAME: 'production-database' } } }],
])('%s is no secret', (_, properties) => {
  expect(verdict(properties)).toBe('compliant');
});

test.each<[string, Record<string, Json>, string]>([
  ['a password', { MasterUserPassword: 'hunter2' }, 'secret::MasterUserPassword'],
  ['a password in pieces', { Deep: [{ Password: { 'Fn::Join': ['', ['hunter', '2']] } }] }, 'secret::Password'],
  ['a written secret', { SecretString: '{"a":"b"}' }, 'secret::SecretString'],
  ['a password in an environment', { Environment: { Variables: { DB_PASSWORD: 'hunter2' } } }, 'secret::DB_PASSWORD'],
  ['a resolved secret in an environment', { Environment: { Variables: { API_KEY: '{{resolve:secretsmanager:x}}' } } }, 'secret::API_KEY'],
  ['a short password of a document', { Content: { env: { DB_PASS: 'hunter2' } } }, 'secret::DB_PASS'],
  ['a password of PostgreSQL', { Environment: { Variables: { PGPASS: 'hunter2' } } }, 'secret::PGPASS'],
  ['a token', { Environment: { Variables: { TOKEN: 'hunter2' } } }, 'secret::TOKEN'],
  ['a key that signs', { Environment: { Variables: { JWT_SIGNING_KEY: 'hunter2' } } }, 'secret::JWT_SIGNING_KEY'],
  ['a private key', { Any: '-----BEGIN EC PRIVATE KEY-----' }, 'secret::Properties.Any'],
  ['an access key', { UserData: 'id=AKIAIOSFODNN7EXAMPLE' }, 'secret::Properties.UserData'],
  ['a password in an address', { Url: 'postgres://app:hunter2@db:5432/x' }, 'secret::Properties.Url'],
])('%s is one', (_, properties, id) => {
  expect(verdict(properties)).toEqual([id]);
});

test('no finding repeats the secret', () => {
  const [finding] = noSecrets.check(
    new Assembly(facts, [stack({ A: resource('T', { Password: 'hunter2' }) })]).resources[0] as never,
    {} as never,
  ) as never[];
  expect(JSON.stringify(finding)).not.toContain('hunter2');
});

test('a parameter for a secret is hidden and has no default', () => {
  const importing = (parameter: Record<string, Json>) =>
    answers(noSecrets, new Assembly(facts, [stack({}, { template: { Parameters: { AdminPassword: parameter } } })])).stack;
  expect(importing({ Type: 'String', NoEcho: true })).toBe('compliant');
  expect(importing({ Type: 'String' })).toEqual(['secret::AdminPassword']);
  expect(importing({ Type: 'String', NoEcho: true, Default: 'x' })).toEqual(['secret::AdminPassword']);
});

test('the exported name of a secret is not a secret; any other export may be', () => {
  const imported = {
    A: resource('AWS::Lambda::Function', { Environment: { Variables: { CONTEXT_KEY_SECRET: { 'Fn::ImportValue': 'x' } } } }),
  };
  const importing = (Value: Json) => {
    const data = stack(
      { Secret: resource('AWS::SecretsManager::Secret') },
      {
        name: 'production-data',
        template: { Resources: { Secret: resource('AWS::SecretsManager::Secret') }, Outputs: { X: { Value, Export: { Name: 'x' } } } },
      },
    );
    return answers(noSecrets, new Assembly(facts, [data, stack(imported)])).A;
  };
  expect(importing(ref('Secret'))).toBe('compliant');
  expect(importing('hunter2')).toEqual(['secret::CONTEXT_KEY_SECRET']);
  expect(importing('{{resolve:secretsmanager:x}}')).toEqual(['secret::CONTEXT_KEY_SECRET']);
});
