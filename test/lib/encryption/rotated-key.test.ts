import { administrator } from '../identity/evaluate';
import { accountTemplate, type Choice, propertiesOf } from '../stacks/account-stack';
import { keyDecisions } from './key-policy';

const choices: Choice[] = (['production', 'staging', 'development'] as const).flatMap((environment) => [
  { environment, site: 'home' },
  { environment, site: 'recovery' },
]);

describe.each(choices)('keys of $environment at the $site site', (choice) => {
  const template = accountTemplate(choice);

  test.each(['DeploymentKey', 'AuditKey'])('%s rotates once a year, and its deletion can be called off for 30 days', (prefix) => {
    const key = propertiesOf(template, 'AWS::KMS::Key', prefix);
    expect(key).toMatchObject({ EnableKeyRotation: true, RotationPeriodInDays: 365, PendingWindowInDays: 30 });
  });

  test('all outlive the stack', () => {
    template.allResources('AWS::KMS::Key', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    template.resourceCountIs('AWS::KMS::Key', 3);
  });
});

test('only the account itself is admitted as a principal, and only services beside it', () => {
  const template = accountTemplate();
  for (const prefix of ['DeploymentKey', 'AuditKey']) {
    const { Statement } = propertiesOf(template, 'AWS::KMS::Key', prefix).KeyPolicy as {
      Statement: { Effect: string; Principal: object }[];
    };
    const [root, ...services] = Statement.filter(({ Effect }) => Effect === 'Allow').map(({ Principal }) => Principal);
    expect(root).toEqual({ AWS: 'arn:aws:iam::111111111111:root' });
    expect(services.length).toBeGreaterThan(0);
    for (const principal of services) expect(Object.keys(principal)).toEqual(['Service']);
  }
});

describe.each(['DeploymentKey', 'AuditKey'])('grants of the use of %s', (prefix) => {
  const ask = keyDecisions(prefix, {}, administrator);
  const grant = (context: Record<string, string>, principal = 'arn:aws:iam::111111111111:role/admin') =>
    ask({ principal, action: 'kms:CreateGrant', context });
  const byPerson = { 'aws:PrincipalIsAWSService': 'false' };

  test('are made by AWS services for resources: disks, the database, variables of functions', async () => {
    expect(await grant({ ...byPerson, 'kms:GrantIsForAWSResource': 'true' })).toBe('Allowed');
  });

  test('and by no other principal, including an administrator and the root user', async () => {
    const direct = { ...byPerson, 'kms:GrantIsForAWSResource': 'false' };
    expect(await grant(direct)).toBe('ExplicitlyDenied');
    expect(await grant(direct, 'arn:aws:iam::111111111111:root')).toBe('ExplicitlyDenied');
  });

  test('a service principal is not denied, and is allowed by name only', async () => {
    const asItself = { 'aws:PrincipalIsAWSService': 'true', 'kms:GrantIsForAWSResource': 'false' };
    expect(await grant(asItself, 'rds.amazonaws.com')).toBe('ImplicitlyDenied');
  });

  test('no other right is touched', async () => {
    expect(await ask({ principal: 'arn:aws:iam::111111111111:role/admin', action: 'kms:Decrypt', context: byPerson })).toBe('Allowed');
  });
});
