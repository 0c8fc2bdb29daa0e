import { noSecrets } from '../../../../../lib/tom/rules/deployment/no-secrets';
import { Assembly, type Json } from '../../../../../lib/tom/template/assembly';
import { answers, att, facts, join, ref, resource, stack } from '../example';

const secret = resource('AWS::SecretsManager::Secret');
const verdict = (properties: Record<string, Json>) => answers(noSecrets, { A: resource('AWS::Any::Type', properties), Secret: secret }).A;

test.each<[string, Record<string, Json>]>([
  ['a reference', { MasterUserPassword: ref('Secret') }],
  ['an attribute with the ARN of a secret', { Environment: { Variables: { MASTER_SECRET: att('Secret', 'SecretArn') } } }],
  ['a variable of the shell', { UserData: { 'Fn::Base64': 'token=$(curl -X PUT x)\ncurl -H "X-aws-ec2-metadata-token: $token"' } }],
  ['the name of a secret in an ARN', { Resource: 'arn:aws:secretsmanager:eu-west-3:111111111111:secret:production/sites/*' }],
  ['a name of many words', { Policy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09', Name: 'fulledgeClientAuthority925C53E1' }],
  ['a digest', { Digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' }],
  ['a pair of a setting', { Parameters: [{ ParameterName: 'password_encryption', ParameterValue: 'scram-sha-256' }] }],
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
  [
    'a reference to the secrets store',
    { MasterUserPassword: '{{resolve:secretsmanager:name:SecretString:password}}' },
    'secret::MasterUserPassword',
  ],
  ['a dynamic reference in pieces', { Any: join('{{res', 'olve:ssm:/x}}') }, 'secret::Properties.Any'],
  ['a parameter', { MasterUserPassword: ref('Parameter') }, 'secret::MasterUserPassword'],
  ['a number', { Password: 12345678 }, 'secret::Password'],
  ['a token in a tag', { Tags: [{ Key: 'deploy-token', Value: 'hunter2' }] }, 'secret::deploy-token'],
  ['a value of a list of pairs', { Headers: [{ Name: 'Authorization', Values: ['hunter2'] }] }, 'secret::Authorization'],
  ['a random word', { Note: 'see mQ3vX9zR7pL2kT8wY5nB4cJ6' }, 'secret::Properties.Note'],
  ['a password of a shell', { UserData: { 'Fn::Base64': 'export DB_PASSWORD=hunter2' } }, 'secret::Properties.UserData.Fn::Base64'],
  ['a password beside a reference', { Any: join('password=', ref('Secret'), 'hunter2') }, 'secret::Properties.Any'],
  ['an option of a command in pieces', { Any: join('mysql --pass', 'word hunter2') }, 'secret::Properties.Any'],
  ['a member of JSON', { Body: '{"api_key": "hunter2"}' }, 'secret::Properties.Body'],
  ['a header', { Any: 'Authorization: Bearer hunter2' }, 'secret::Properties.Any'],
  ['a token of a web service', { Any: `ghp_${'a1'.repeat(18)}` }, 'secret::Properties.Any'],
  ['a secret in Base64', { UserData: Buffer.from('export DB_PASSWORD=hunter2').toString('base64') }, 'secret::Properties.UserData'],
  [
    'a resolved key',
    { Environment: { Variables: { ID: att('Secret', 'SecretAccessKey') } } },
    'secret::Properties.Environment.Variables.ID',
  ],
])('%s is one', (_, properties, id) => {
  expect(verdict(properties)).toEqual([id]);
});

test('no finding repeats the secret', () => {
  const assembly = new Assembly(facts, [stack({ A: resource('T', { Password: 'hunter2' }) })]);
  const [finding] = noSecrets.check(assembly.resources[0] as never, assembly) as never[];
  expect(finding).toBeDefined();
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

test.each<[string, Record<string, Json>]>([
  ['an output', { Outputs: { Note: { Value: 'mQ3vX9zR7pL2kT8wY5nB4cJ6' } } }],
  ['an output by name', { Outputs: { Note: { Value: { ApiToken: { token: 'hunter2' } } } } }],
  ['the name of an export', { Outputs: { Note: { Value: 'x', Export: { Name: 'mQ3vX9zR7pL2kT8wY5nB4cJ6' } } } }],
  ['metadata', { Metadata: { apiKey: 'hunter2' } }],
  ['a mapping', { Mappings: { A: { B: { Password: 'hunter2' } } } }],
  ['a default of a parameter', { Parameters: { Note: { Type: 'String', Default: 'password=hunter2' } } }],
])('%s of a template is read', (_, template) => {
  const found = answers(noSecrets, new Assembly(facts, [stack({}, { template: template as never })])).stack;
  expect(found).toEqual([expect.stringMatching(/^secret::/)]);
});

test('metadata of a resource is read', () => {
  const found = answers(noSecrets, { A: resource('AWS::Any::Type', {}, { Metadata: { token: 'hunter2' } }) }).A;
  expect(found).toEqual(['secret::token']);
});
