import { DataStack } from '../../../lib/stacks/data';
import { decide } from '../identity/evaluate';
import { account, type Choice, concrete } from '../stacks/account-stack';
import { only, recoveryStack } from '../stacks/backup-stack';
import { BuiltStack, builtDeployment } from '../stacks/built-stack';

type Properties = Record<string, unknown>;
const bucketType = 'AWS::S3::Bucket';
const answering: Choice = { site: 'recovery', settings: { backup: { homeAnswers: true } } };

function named(choice: Choice, type: string, prefix: string): Properties | undefined {
  const { template } = new BuiltStack('example-data', DataStack, builtDeployment(choice));
  const found = Object.entries(template.findResources(type)).find(([id]) => id.startsWith(prefix));
  return found && (concrete((found[1] as { Properties: unknown }).Properties) as Properties);
}
const archive = (choice: Choice = {}) => named(choice, bucketType, 'Archive') as Properties;
const replica = (choice: Choice = {}) => only(recoveryStack(choice), bucketType);

interface ReplicationRule {
  readonly Priority: number;
  readonly Filter: { readonly Prefix: string };
  readonly Destination: { readonly Bucket: string; readonly EncryptionConfiguration: { readonly ReplicaKmsKeyID: string } };
}
const rules = (choice: Choice = {}) => (archive(choice).ReplicationConfiguration as { Rules: ReplicationRule[] }).Rules;

test('the rules name the bucket and the key that the recovery stack makes, at both sites', () => {
  for (const choice of [{}, answering]) {
    const alias = only(recoveryStack(choice), 'AWS::KMS::Alias', 'ReplicaKey').AliasName;
    for (const { Destination } of rules(choice)) {
      expect(Destination.Bucket).toBe(`arn:aws:s3:::${String(replica(choice).BucketName)}`);
      expect(Destination.EncryptionConfiguration.ReplicaKmsKeyID).toMatch(new RegExp(`:${String(alias)}$`));
    }
  }
  expect(rules().map(({ Filter, Priority }) => [Filter.Prefix, Priority])).toEqual([
    ['hits/', 1],
    ['hits-errors/', 2],
    ['lake/', 3],
  ]);
});

test('no two buckets of both sites in one account have one name, with the longest names too', () => {
  const names = [archive(), replica(), archive(answering), replica(answering)].map(({ BucketName }) => String(BucketName));
  expect(new Set(names).size).toBe(4);
  const longest = 'a'.repeat(24).length - 'example'.length;
  for (const name of names) expect(name.length + longest).toBeLessThanOrEqual(63);
});

test('a recovered site replicates nothing until its home answers', () => {
  const gone: Choice = { site: 'recovery' };
  expect(archive(gone).ReplicationConfiguration).toBeUndefined();
  expect(named(gone, 'AWS::IAM::Role', 'ArchiveReplication')).toBeUndefined();
});

test('hits and the lake end in the replica by the rules of the archive', () => {
  const lifecycle = (bucket: Properties) => (bucket.LifecycleConfiguration as { Rules: { Prefix?: string }[] }).Rules;
  expect(lifecycle(replica())).toEqual(lifecycle(archive()).filter(({ Prefix }) => Prefix !== 'exports/'));
});

describe('the policy of the replica', () => {
  const policy = () =>
    only(recoveryStack(), 'AWS::S3::BucketPolicy').PolicyDocument as { Statement: { Sid?: string; Resource: unknown }[] };
  /** ARN of the bucket, as the filled references of the policy have it. */
  const itself = () => String(policy().Statement.find(({ Sid }) => Sid === 'OnlyRolesOfTheLake')?.Resource).replace('/lake/*', '');
  const permissions = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
  const ask = (role: string, action: string, key: string) => {
    const principal = `arn:aws:iam::${account}:role/${role}`;
    const context = {
      ...{ 'aws:PrincipalArn': principal, 'aws:PrincipalAccount': account, 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' },
      'aws:PrincipalIsAWSService': 'false',
    };
    const resource = `${itself()}/${key}`;
    return decide({ identity: permissions, resource: policy() }, { principal, action, resource, context });
  };

  test.each([
    ['example-replication-eu-west-3', 's3:ReplicateObject', 'Allowed'],
    ['example-lake-reader-eu-central-1', 's3:GetObject', 'Allowed'],
    ['example-lake-reader-eu-west-3', 's3:GetObject', 'ExplicitlyDenied'],
    ['Administrator', 's3:GetObject', 'ExplicitlyDenied'],
  ])('%s with %s on the lake: %s', async (role, action, decision) => {
    expect(await ask(role, action, 'lake/site=1/day=2026-01-01/a.parquet')).toBe(decision);
  });

  test('admits the account to raw hits, which have no site', async () => {
    expect(await ask('Administrator', 's3:GetObject', 'hits/day=2026-01-01/a')).toBe('Allowed');
  });
});
