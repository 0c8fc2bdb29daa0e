// Functions of the data stack: their environments satisfy the contracts of the handlers; pairs of allowed and denied
// actions.
import { readEnvironment as contextKeyRotation } from '../../../lambda/database/context-key-rotation/env';
import { readEnvironment as databaseUpkeep } from '../../../lambda/database/database-upkeep/env';
import { readEnvironment as generatedData } from '../../../lambda/database/generated-data/env';
import { readEnvironment as migrations } from '../../../lambda/database/migrations/env';
import { readEnvironment as personErase } from '../../../lambda/database/person-erase/env';
import { readEnvironment as personExport } from '../../../lambda/database/person-export/env';
import { readEnvironment as siteAdmin } from '../../../lambda/database/site-admin/env';
import { readEnvironment as staffAccess } from '../../../lambda/database/staff-access/env';
import { readEnvironment as staffReads } from '../../../lambda/database/staff-reads/env';
import { readEnvironment as lakeExport } from '../../../lambda/lake/lake-export/env';
import { readEnvironment as lakeUpkeep } from '../../../lambda/lake/lake-upkeep/env';
import { decide } from '../identity/evaluate';
import { account, type Choice } from '../stacks/account-stack';
import { contextKeyArn, dataKeyArn, only, policyOf, resourcesOf } from '../stacks/data-stack';

const staging: Choice = { environment: 'staging' };

/** Prefix of the logical id, reader of the environment, and the deployment that has the function. */
const functions = [
  ['MigrationsFunction', migrations, {}],
  ['ContextKeyRotation', contextKeyRotation, {}],
  ['PeopleExport', personExport, {}],
  ['PeopleErase', personErase, {}],
  ['LakeExportFunction', lakeExport, {}],
  ['LakeUpkeepFunction', lakeUpkeep, {}],
  ['SiteAdmin', siteAdmin, {}],
  ['StaffAccess', staffAccess, {}],
  ['StaffReads', staffReads, {}],
  ['UpkeepFunction', databaseUpkeep, {}],
  ['GeneratedData', generatedData, staging],
] as const;

/** The environment as the handler reads it, with references resolved as in an account. */
function environmentOf(choice: Choice, prefix: string): Record<string, string> {
  const { Variables } = only(choice, 'AWS::Lambda::Function', prefix).Environment as { Variables: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(Variables).map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      if (/Endpoint/.test(text)) return [name, 'data.cluster-x.eu-west-3.rds.amazonaws.com'];
      if (/SecretArn|ContextKey/.test(text))
        return [
          name,
          `arn:aws:secretsmanager:eu-west-3:${account}:secret:rds!cluster-x`.replace('!', name === 'MASTER_SECRET' ? '!' : '-'),
        ];
      if (/Key.*Arn/.test(text)) return [name, `arn:aws:kms:eu-west-3:${account}:key/x`];
      if (name === 'ACCOUNT') return [name, account];
      if (name === 'FUNCTION_ARN') return [name, `arn:aws:lambda:eu-west-3:${account}:function:example`];
      return [name, typeof value === 'string' ? value : 'example-archive'];
    }),
  );
}

describe.each(functions)('%s', (prefix, read, choice) => {
  test('receives the variables of its handler, and no secret', () => {
    const environment = environmentOf(choice, prefix);
    const { DATABASE_CA_FILE: _, ...contract } = { ...read(environment) } as Record<string, string>;
    expect(
      Object.keys(environment)
        .filter((name) => name !== 'DATABASE_CA_FILE')
        .sort(),
    ).toEqual(Object.keys(contract).sort());
    expect(JSON.stringify(environment)).not.toMatch(/password|resolve:/i);
  });

  test('runs in the function subnets, and has a dead-letter queue', () => {
    const lambda = only(choice, 'AWS::Lambda::Function', prefix);
    expect(JSON.stringify(lambda.VpcConfig)).toContain('functionsSubnet');
    expect(lambda.DeadLetterConfig).toBeDefined();
    expect(lambda.Timeout).toBeLessThanOrEqual(900);
  });
});

describe('permissions', () => {
  const decision = (prefix: string, action: string, resource: string, context: Record<string, string> = {}) =>
    decide(
      { identity: policyOf({}, prefix), ...(resource === dataKeyArn ? { resource: keyPolicy } : {}) },
      { principal: `arn:aws:iam::${account}:role/example-data-x`, action, resource, context },
    );
  const keyPolicy = {
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }],
  };
  const through = (service: string) => ({ 'kms:ViaService': `${service}.eu-west-3.amazonaws.com` });
  const siteSecret = `arn:aws:secretsmanager:eu-west-3:${account}:secret:example/sites/7-AbCdEf`;

  test.each([
    ['PeopleExport', 's3:PutObject', 'arn:aws:s3:::archiveda4cb258/exports/site-1/x.jsonl'],
    ['SiteAdmin', 'secretsmanager:CreateSecret', siteSecret],
    ['SiteAdmin', 'secretsmanager:PutSecretValue', siteSecret],
    ['ContextKeyRotation', 'secretsmanager:UpdateSecretVersionStage', contextKeyArn],
  ])('%s may %s', async (prefix, action, resource) => {
    expect(await decision(prefix, action, resource)).toBe('Allowed');
  });

  test.each([
    ['PeopleExport', 's3:GetObject', 'arn:aws:s3:::archiveda4cb258/exports/site-1/x.jsonl'],
    ['PeopleExport', 's3:PutObject', 'arn:aws:s3:::archiveda4cb258/hits/x'],
    ['PeopleExport', 's3:PutObject', 'arn:aws:s3:::uploads4f6eb0fd/exports/x'],
    ['PeopleErase', 's3:PutObject', 'arn:aws:s3:::archiveda4cb258/exports/x'],
    ['PeopleErase', 'secretsmanager:GetSecretValue', siteSecret],
    ['SiteAdmin', 'secretsmanager:DeleteSecret', siteSecret],
    ['SiteAdmin', 'secretsmanager:PutSecretValue', contextKeyArn],
    ['UpkeepFunction', 'secretsmanager:GetSecretValue', siteSecret],
  ])('%s may not %s on %s', async (prefix, action, resource) => {
    expect(await decision(prefix, action, resource)).toBe('ImplicitlyDenied');
  });

  test('the data key decrypts secrets through Secrets Manager only', async () => {
    expect(await decision('PeopleErase', 'kms:Decrypt', dataKeyArn, through('secretsmanager'))).toBe('Allowed');
    expect(await decision('PeopleErase', 'kms:Decrypt', dataKeyArn, through('s3'))).toBe('ImplicitlyDenied');
    expect(await decision('PeopleExport', 'kms:GenerateDataKey', dataKeyArn, through('s3'))).toBe('Allowed');
    expect(await decision('PeopleExport', 'kms:Decrypt', dataKeyArn, through('s3'))).toBe('ImplicitlyDenied');
  });

  test.each([
    ['PeopleExport', ['rempart_application']],
    ['PeopleErase', ['rempart_application']],
    ['SiteAdmin', ['rempart_maintenance']],
    ['UpkeepFunction', ['rempart_maintenance']],
  ])('%s signs in as %s only', (prefix, users) => {
    expect([...JSON.stringify(policyOf({}, prefix)).matchAll(/\/(rempart_\w+)/g)].map(([, user]) => user)).toEqual(users);
  });

  test('only migrations and rotation read the master password', () => {
    const readers = Object.entries(resourcesOf({}, 'AWS::IAM::ManagedPolicy')).filter(([, policy]) =>
      JSON.stringify(policy).includes('MasterUserSecret'),
    );
    expect(readers.map(([id]) => id.replace(/Function.*/, ''))).toEqual(['Migrations', 'ContextKeyRotation']);
  });

  test('Lambda manages network interfaces, the code of a function does not', async () => {
    const any = `arn:aws:ec2:eu-west-3:${account}:network-interface/eni-1`;
    const byCode = { 'lambda:SourceFunctionArn': `arn:aws:lambda:eu-west-3:${account}:function:example-data-x` };
    expect(await decision('UpkeepFunction', 'ec2:DeleteNetworkInterface', any)).toBe('Allowed');
    expect(await decision('UpkeepFunction', 'ec2:DeleteNetworkInterface', any, byCode)).toBe('ExplicitlyDenied');
  });
});
