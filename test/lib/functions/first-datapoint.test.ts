// The waits for first datapoints in the data stack: their functions, metrics and permissions.
import { concrete } from '../stacks/account-stack';
import { dataStack, only, policyOf, proxyReady, resourcesOf } from '../stacks/data-stack';

const waits = () => Object.values(resourcesOf({}, 'Custom::FirstDatapoint')).map(({ Properties }) => Properties);

test('each wait invokes one daily function once and reads its metric', () => {
  expect(waits().map(({ Namespace, MetricName }) => ({ Namespace, MetricName }))).toEqual([
    { Namespace: 'AWS/Lambda', MetricName: 'Invocations' },
    { Namespace: 'AWS/Lambda', MetricName: 'Invocations' },
    { Namespace: 'AWS/Lambda', MetricName: 'Invocations' },
    { Namespace: 'Rempart/Probes', MetricName: 'Completed' },
  ]);
  // A failed run counts as an invocation.
  expect(waits().map(({ Failures }) => Failures)).toEqual(['Errors', 'Errors', 'Errors', undefined]);
  expect(waits().map(({ Invoke }) => Invoke)).toEqual([
    { Ref: expect.stringMatching(/^LakeExportFunction/) },
    { Ref: expect.stringMatching(/^LakeUpkeepFunction/) },
    { Ref: expect.stringMatching(/^UpkeepFunction/) },
    { Ref: expect.stringMatching(/^NoSharedBackupsFunction/) },
  ]);
});

test('the wait depends on the permissions of the function that it invokes', () => {
  for (const [id, { DependsOn }] of Object.entries(resourcesOf({}, 'Custom::FirstDatapoint'))) {
    const after = [DependsOn].flat().map(String);
    expect(after.filter((name) => name.includes('FunctionPermissions')).length).toBeGreaterThanOrEqual(2);
    // A run of the lake assumes a role of its own besides.
    const others = after.filter((name) => !name.includes('FunctionPermissions'));
    if (!id.startsWith('Lake')) expect(others).toEqual([]);
    else
      expect(others).toEqual(
        expect.arrayContaining([expect.stringMatching(/^LakeRolesWriterRole/), expect.stringMatching(/^LakeRolesWriterPermissions/)]),
      );
  }
});

test('the upkeep, which the wait invokes, comes after the schema, the targets of the proxy and its sign-in', () => {
  const [upkeep] = Object.entries(resourcesOf({}, 'AWS::Lambda::Function')).filter(([id]) => id.startsWith('UpkeepFunction'));
  expect(upkeep?.[1].DependsOn).toEqual(expect.arrayContaining(proxyReady({})));
});

test('the function may invoke the scheduled functions of all stacks that have an alarm on silence, and read metrics', () => {
  expect(only({}, 'AWS::Lambda::Function', 'FirstDatapoints').FunctionName).toBe('example-first-datapoint');
  const { Statement } = concrete(policyOf({}, 'FirstDatapointsFunctionPermissions')) as {
    Statement: { Action: unknown; Resource: unknown }[];
  };
  const scheduled = [
    'account-environments',
    'backup-freshness',
    'credential-hygiene',
    'database-upkeep',
    'lake-export',
    'lake-upkeep',
    'log-redaction',
    'no-shared-backups-probe',
    'open-port-guard',
    'password-policy',
    'permission-sets',
    'revocation-list',
    'session-archive',
    'session-document',
  ];
  const invoke = [...scheduled, 'site-snapshot', 'tamper-guard', 'tunnel-watch'].map(
    (control) => `arn:aws:lambda:eu-west-3:111111111111:function:example-${control}`,
  );
  expect(Statement.filter(({ Action }) => /^(lambda|cloudwatch):/.test(String(Action)))).toMatchObject([
    { Action: 'lambda:InvokeFunction', Resource: invoke },
    { Action: 'cloudwatch:GetMetricData', Resource: '*' },
  ]);
  expect(dataStack().template.findResources('AWS::IAM::Policy')).toEqual({});
});
