import { only, resourcesOf } from '../stacks/data-stack';

const snapshot = 'arn:aws:rds:eu-west-3:111111111111:cluster-snapshot:awsbackup:job-1';

/** The log groups that the key's policy admits. */
function admitted(choice = {}): string[] {
  const { Statement } = only(choice, 'AWS::KMS::Key').KeyPolicy as { Statement: { Condition?: { ArnLike?: Record<string, unknown> } }[] };
  return Statement.flatMap(({ Condition }) => Object.values(Condition?.ArnLike ?? {})).flatMap((value) => JSON.stringify(value));
}

test('rotates, and is not the key of the deployment', () => {
  expect(only({}, 'AWS::KMS::Key')).toMatchObject({ EnableKeyRotation: true, RotationPeriodInDays: 365 });
  expect(only({}, 'AWS::KMS::Alias').AliasName).toBe('alias/example-data');
});

test.each([
  ['new', {}],
  ['restored', { settings: { data: { restoreFrom: { home: snapshot } } } }],
])('admits every log group of a %s database', (_, choice) => {
  const named = Object.values(resourcesOf(choice, 'AWS::Logs::LogGroup'))
    .map(({ Properties }) => String(Properties.LogGroupName))
    .filter((name) => name.startsWith('/aws/rds/'));
  expect(named).toHaveLength(3);
  for (const name of named) {
    const covered = admitted(choice).some(
      (arn) => arn.includes(`log-group:${name}`) || arn.includes(`log-group:${name.slice(0, name.lastIndexOf('/'))}/*`),
    );
    expect([name, covered]).toEqual([name, true]);
  }
});
