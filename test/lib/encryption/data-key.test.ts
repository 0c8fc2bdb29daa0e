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

const restored = { settings: { data: { restoreFrom: { home: snapshot } } } };

/** Whether the policy admits a log group, as IAM compares: `*` is any text, `?` any sign. */
function covers(choice: object, name: string): boolean {
  const patterns = admitted(choice).flatMap((arn) => [...arn.matchAll(/log-group:([^"]+)"/g)].map(([, pattern = '']) => pattern));
  return patterns.some((pattern) => new RegExp(`^${pattern.replaceAll('?', '.').replaceAll('*', '.*')}$`).test(name));
}

const named = (choice: object) =>
  Object.values(resourcesOf(choice, 'AWS::Logs::LogGroup'))
    .map(({ Properties }) => String(Properties.LogGroupName))
    .filter((name) => name.startsWith('/aws/rds/'));

test.each([
  ['new', {}],
  ['restored', restored],
])('admits every log group of a %s database, and those of the other', (_, choice) => {
  expect(named(choice)).toHaveLength(3);
  for (const name of [...named({}), ...named(restored)]) expect([name, covers(choice, name)]).toEqual([name, true]);
  expect(covers(choice, '/aws/rds/cluster/example-data-other/postgresql')).toBe(false);
  expect(covers(choice, '/aws/rds/proxy/example-data-2')).toBe(false);
});
