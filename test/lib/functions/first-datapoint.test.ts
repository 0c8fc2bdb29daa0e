// The waits for first datapoints, as they stand in the data stack: what they invoke, wait for and may do.
import { concrete } from '../stacks/account-stack';
import { dataStack, only, policyOf, proxyReady, resourcesOf } from '../stacks/data-stack';

const waits = () => Object.values(resourcesOf({}, 'Custom::FirstDatapoint')).map(({ Properties }) => Properties);

test('each daily function is invoked once, and its own metric waited for', () => {
  expect(waits().map(({ Namespace, MetricName }) => ({ Namespace, MetricName }))).toEqual([
    { Namespace: 'AWS/Lambda', MetricName: 'Invocations' },
    { Namespace: 'Rempart/Probes', MetricName: 'Completed' },
  ]);
  // A failed run counts as an invocation.
  expect(waits().map(({ Failures }) => Failures)).toEqual(['Errors', undefined]);
  expect(waits().map(({ Invoke }) => Invoke)).toEqual([
    { Ref: expect.stringMatching(/^UpkeepFunction/) },
    { Ref: expect.stringMatching(/^NoSharedBackupsFunction/) },
  ]);
});

test('the wait comes after the permissions of what it invokes', () => {
  for (const { DependsOn } of Object.values(resourcesOf({}, 'Custom::FirstDatapoint'))) {
    expect(DependsOn).toEqual([expect.stringMatching(/FunctionPermissions/), expect.stringMatching(/FunctionPermissions/)]);
  }
});

test('the upkeep, which the wait invokes, comes after the schema, the targets and sign-in of the proxy, and its ways', () => {
  const [upkeep] = Object.entries(resourcesOf({}, 'AWS::Lambda::Function')).filter(([id]) => id.startsWith('UpkeepFunction'));
  expect(upkeep?.[1].DependsOn).toEqual(expect.arrayContaining(proxyReady({})));
});

test('the function invokes the three that run by a schedule, of any stack, and reads metrics', () => {
  expect(only({}, 'AWS::Lambda::Function', 'FirstDatapoints').FunctionName).toBe('example-first-datapoint');
  const { Statement } = concrete(policyOf({}, 'FirstDatapointsFunctionPermissions')) as {
    Statement: { Action: unknown; Resource: unknown }[];
  };
  const invoke = ['database-upkeep', 'no-shared-backups-probe', 'site-snapshot'].map(
    (control) => `arn:aws:lambda:eu-west-3:111111111111:function:example-${control}`,
  );
  expect(Statement.filter(({ Action }) => /^(lambda|cloudwatch):/.test(String(Action)))).toMatchObject([
    { Action: 'lambda:InvokeFunction', Resource: invoke },
    { Action: 'cloudwatch:GetMetricData', Resource: '*' },
  ]);
  expect(dataStack().template.findResources('AWS::IAM::Policy')).toEqual({});
});
