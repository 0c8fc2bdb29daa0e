// The guard over open ports as the stack deploys it.
import { grantsOf, only, statementsOf, variablesOf } from '../stacks/access-stack';

test('guards the VPC of the deployment, and spares the group of the load balancer', () => {
  expect(variablesOf('OpenPortGuard')).toMatchObject({
    DEPLOYMENT: 'example',
    VPC: { 'Fn::ImportValue': expect.stringContaining('example-network:ExportsOutputRefVpc') },
    PROXY_GROUP: { 'Fn::ImportValue': expect.stringContaining('example-edge:ExportsOutputFnGetAttProxies') },
  });
});

test('revokes inbound rules of groups of that VPC, and changes nothing else', () => {
  const changing = Object.keys(grantsOf('OpenPortGuard')).filter((action) => !/:(?:Describe|Get|List)/.test(action));
  expect(changing).toEqual(['ec2:RevokeSecurityGroupIngress']);
  const [revocation] = statementsOf('OpenPortGuard').filter(({ Action }) => Action === 'ec2:RevokeSecurityGroupIngress');
  expect(JSON.stringify(revocation?.Condition)).toMatch(/"ArnEquals":\{"ec2:Vpc":.*:vpc\//);
});

test('starts at each change of a group and every 5 minutes, and keeps events that it cannot deliver', () => {
  expect(only('AWS::Events::Rule', 'OpenPortGuard').Properties).toMatchObject({
    ScheduleExpression: 'rate(5 minutes)',
    EventPattern: {
      source: ['aws.ec2'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: { eventName: expect.arrayContaining(['AuthorizeSecurityGroupIngress', 'ModifySecurityGroupRules', 'CreateSecurityGroup']) },
    },
    Targets: [{ DeadLetterConfig: { Arn: expect.anything() }, RetryPolicy: { MaximumRetryAttempts: 5 } }],
  });
});

test('an opened port pages within 5 minutes, and so do 30 minutes without a completed run', () => {
  const opened = only('AWS::CloudWatch::Alarm', 'OpenPortGuardPortOpened').Properties;
  expect(opened).toMatchObject({ MetricName: 'Findings', Threshold: 0, EvaluationPeriods: 1, Period: 300 });
  expect(opened.AlarmDescription).toContain('Severity: page');
  const { Period, EvaluationPeriods } = only('AWS::CloudWatch::Alarm', 'OpenPortGuardPortGuardOverdue').Properties;
  expect(Number(Period) * Number(EvaluationPeriods)).toBe(1800);
});
