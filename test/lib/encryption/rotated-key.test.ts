import { accountTemplate, type Choice, propertiesOf } from '../stacks/account-stack';

const choices: Choice[] = (['production', 'staging', 'development'] as const).flatMap((environment) => [
  { environment, site: 'home' },
  { environment, site: 'recovery' },
]);

describe.each(choices)('keys of $environment at the $site site', (choice) => {
  const template = accountTemplate(choice);

  test.each(['Key', 'AuditKey'])('%s rotates once a year, and its deletion can be called off for 30 days', (prefix) => {
    const key = propertiesOf(template, 'AWS::KMS::Key', prefix);
    expect(key).toMatchObject({ EnableKeyRotation: true, RotationPeriodInDays: 365, PendingWindowInDays: 30 });
  });

  test('both outlive the stack', () => {
    template.allResources('AWS::KMS::Key', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    template.resourceCountIs('AWS::KMS::Key', 2);
  });
});

test('only the account itself is admitted as a principal, and only services beside it', () => {
  const template = accountTemplate();
  for (const prefix of ['Key', 'AuditKey']) {
    const { Statement } = propertiesOf(template, 'AWS::KMS::Key', prefix).KeyPolicy as {
      Statement: { Effect: string; Principal: object }[];
    };
    const [root, ...services] = Statement.filter(({ Effect }) => Effect === 'Allow').map(({ Principal }) => Principal);
    expect(root).toEqual({ AWS: 'arn:aws:iam::111111111111:root' });
    expect(services.length).toBeGreaterThan(0);
    for (const principal of services) expect(Object.keys(principal)).toEqual(['Service']);
  }
});
