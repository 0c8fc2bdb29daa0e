import { changingRecords, tamperGuard } from '../../../../../lib/tom/rules/access/tamper-guard';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, join, type Resources, ref, resource, without } from '../example';
import { commonViolations, controlExample, type ExampleControl, withVariables } from './example-control';

const account = ref('AWS::AccountId');
const control: ExampleControl = {
  control: 'tamper-guard',
  variables: {
    ...{ ACCOUNT: account, REGION: 'eu-west-3', TRAIL: 'production-trail-eu-west-3', TRAIL_LOG: '/rempart/production/trail' },
    ...{ ARCHIVE: att('Archive'), BOUNDARY: join('arn:aws:iam::', account, ':policy/production-boundary-eu-west-3') },
    EXECUTION_ROLE: join('cdk-hnb659fds-cfn-exec-role-', account, '-eu-west-3'),
    EXECUTION_BOUNDARY: join('arn:aws:iam::', account, ':policy/cdk-hnb659fds-execution-boundary-', account, '-eu-west-3'),
    ...{ KEYS: join(att('Key'), ',', att('Other')), VPC: ref('Vpc') },
  },
  ...{ trigger: 'schedule', expression: 'rate(1 hour)', gap: 3 * 3600 },
};
const subscription = { LogGroupName: '/rempart/production/trail', DestinationArn: att('Function'), FilterPattern: changingRecords };
const rest: Resources = {
  Trail: resource('AWS::CloudTrail::Trail', { S3BucketName: ref('Archive') }),
  Archive: resource('AWS::S3::Bucket'),
  Elsewhere: resource('AWS::S3::Bucket'),
  Key: resource('AWS::KMS::Key'),
  Other: resource('AWS::KMS::Key'),
  Vpc: resource('AWS::EC2::VPC'),
  Subscription: resource('AWS::Logs::SubscriptionFilter', subscription),
  Permission: resource('AWS::Lambda::Permission', { Principal: 'logs.amazonaws.com', FunctionName: att('Function') }),
};
const example: Resources = { ...controlExample(control), ...rest };
const verdict = (resources: Resources) => answers(tamperGuard, resources).Trail;
const changedTo = (more: Readonly<Record<string, Json>>): Resources => withVariables(example, control, more as Record<string, string>);

test('a guard of trail, archive, boundary, keys and flow logs complies', () => {
  expect(verdict(example)).toBe('compliant');
});

test('the pattern has the length that CloudWatch Logs admits, and every service of the audit', () => {
  expect(changingRecords.length).toBeLessThanOrEqual(1024);
  for (const service of ['cloudtrail', 's3', 'iam', 'kms', 'ec2', 'logs', 'guardduty', 'config']) {
    expect(changingRecords).toContain(`"${service}.amazonaws.com"`);
  }
});

test.each<[string, Resources, string[]]>([
  ...commonViolations(control).map(([name, resources, ids]): [string, Resources, string[]] => [name, { ...resources, ...rest }, ids]),
  ['another account', changedTo({ ACCOUNT: '999999999999' }), ['variable::ACCOUNT']],
  ['another execution role', changedTo({ EXECUTION_ROLE: 'cdk-hnb659fds-deploy-role' }), ['variable::EXECUTION_ROLE']],
  [
    'another boundary of it',
    changedTo({ EXECUTION_BOUNDARY: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
    ['variable::EXECUTION_BOUNDARY'],
  ],
  ['another region', changedTo({ REGION: 'us-east-1' }), ['variable::REGION']],
  ['another trail', changedTo({ TRAIL: 'staging-trail-eu-west-3' }), ['variable::TRAIL']],
  ['another log group', changedTo({ TRAIL_LOG: '/rempart/staging/trail' }), ['variable::TRAIL_LOG']],
  ['another bucket', changedTo({ ARCHIVE: att('Elsewhere') }), ['variable::ARCHIVE']],
  ['another boundary', changedTo({ BOUNDARY: 'arn:aws:iam::999999999999:policy/theirs' }), ['variable::BOUNDARY']],
  ['a key that is not guarded', changedTo({ KEYS: att('Key') }), ['variable::KEYS']],
  ['another VPC', changedTo({ VPC: 'vpc-elsewhere' }), ['variable::VPC']],
  ['a guard without records', without(example, 'Subscription'), ['subscription']],
  ['records of another log group', changed(example, 'Subscription', { LogGroupName: '/elsewhere' }), ['subscription']],
  ['records for another function', changed(example, 'Subscription', { DestinationArn: 'x' }), ['subscription']],
  ['records of one call', changed(example, 'Subscription', { FilterPattern: '{ $.eventName = "StopLogging" }' }), ['subscription']],
  ['records that the function does not admit', without(example, 'Permission'), ['permission']],
  ['a permission for another service', changed(example, 'Permission', { Principal: 'events.amazonaws.com' } as JsonObject), ['permission']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});
