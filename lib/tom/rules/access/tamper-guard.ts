// TOM-3.4, TOM-3.6: a function reports changes of the audit outside the deployment, and sign-ins of the root user.
import { type Finding, guardWhere, type Rule, remove, replace } from '../../rule';
import type { Assembly, Json, Resource } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { controlFunctionOf, isControl } from '../../template/functions';
import { nameOf } from '../../template/names';
import { keyType, permissionType, scheduleType, trailType, vpcType } from '../../template/resource-types';
import { newResource } from '../bypass';
import { type RequiredRuns, type RequiredVariable, runFindings, runGuards, runReads } from '../control-run-findings';

/** Longest time without a completed run before an alarm, in seconds. */
export const longestGap = 3 * 3600;

const subscriptionType = 'AWS::Logs::SubscriptionFilter';

/** Services whose calls can change the audit or its watch; those of detectors count before the detectors exist. */
const sources = [
  ...['access-analyzer', 'cloudtrail', 'config', 'ec2', 'events', 'guardduty', 'iam', 'inspector2', 'kms', 'lambda', 'logs'],
  ...['monitoring', 's3', 'scheduler', 'securityhub'],
].map((service) => `($.eventSource = "${service}.amazonaws.com")`);

/** The records that reach the function: every call of the root user, and changes by services of the audit. */
export const changingRecords = `{ ($.userIdentity.type = "Root") || (($.managementEvent IS TRUE) && ($.readOnly IS FALSE) && (${sources.join(' || ')})) }`;

/** A variable whose value is a text after its references are named. */
const named = (name: string, required: string, text: (assembly: Assembly) => string, wrong: Json): RequiredVariable => ({
  ...{ name, required, wrong: [wrong] },
  holds: (value, lambda, assembly) => canonical(value ?? null, lambda.stack, assembly) === text(assembly),
});

const boundaryOf = ({ facts }: Assembly): string => `arn:aws:iam::\${AWS::AccountId}:policy/${facts.deployment}-boundary-${facts.region}`;

/** Name of a resource of the CDK bootstrap. */
const bootstrapName =
  (what: string) =>
  ({ facts }: Assembly): string =>
    `cdk-hnb659fds-${what}-\${AWS::AccountId}-${facts.region}`;

const runs: RequiredRuns = {
  control: 'tamper-guard',
  variables: [
    named('ACCOUNT', 'the account', () => '${AWS::AccountId}', '999999999999'),
    named('REGION', 'the region of the site', ({ facts }) => facts.region, 'us-east-1'),
    named('TRAIL', 'the audit trail', ({ facts }) => `${facts.deployment}-trail-${facts.region}`, 'another'),
    named('TRAIL_LOG', 'the log group of the trail', ({ facts }) => `/rempart/${facts.deployment}/trail`, '/elsewhere'),
    named('BOUNDARY', 'the boundary of the deployment', boundaryOf, 'arn:aws:iam::999999999999:policy/theirs'),
    named('EXECUTION_ROLE', 'the role by which CloudFormation deploys', bootstrapName('cfn-exec-role'), 'another'),
    named(
      'EXECUTION_BOUNDARY',
      'the boundary of that role',
      (assembly) => `arn:aws:iam::\${AWS::AccountId}:policy/${bootstrapName('execution-boundary')(assembly)}`,
      'arn:aws:iam::999999999999:policy/theirs',
    ),
    {
      ...{ name: 'ARCHIVE', required: 'the bucket of the trail', wrong: ['arn:aws:s3:::elsewhere'] },
      holds: (value, lambda, assembly) =>
        assembly.ofType(trailType).some((trail) => {
          const bucket = assembly.target(trail.at('S3BucketName'), trail.stack);
          return bucket !== undefined && assembly.refersTo(value, lambda, bucket);
        }),
    },
    {
      ...{
        name: 'KEYS',
        required: 'every key of the deployment in the region of the site',
        wrong: ['arn:aws:kms:eu-west-3:999999999999:key/theirs'],
      },
      holds: (value, lambda, assembly) => {
        const text = String(canonical(value ?? null, lambda.stack, assembly)).split(',');
        // The function reads the region of the site; the policy of the key of the copies denies its end.
        const keys = assembly.ofType(keyType).filter(({ stack }) => stack.region === assembly.facts.region);
        return keys.every((key) => text.includes(`\${${nameOf(key, assembly.facts)}.Arn}`));
      },
    },
    {
      ...{ name: 'VPC', required: 'the VPC of the deployment', wrong: ['vpc-elsewhere'] },
      holds: (value, lambda, assembly) => assembly.ofType(vpcType).some((vpc) => assembly.refersTo(value, lambda, vpc)),
    },
  ],
  trigger: scheduleType,
  interval: 3600,
  gap: longestGap,
};

const fix = 'Create TamperGuard in the access stack.';

export const tamperGuard: Rule = {
  name: 'tamper-guard',
  requires: 'a function receives the changing records of the audit trail, examines its state every hour, and has alarms',
  types: [trailType],
  check(_, assembly) {
    return [...runFindings(runs, assembly, fix), ...subscriptionFindings(assembly)];
  },
  guards: [
    ...runGuards(runs),
    guardWhere(subscriptionType, isOfGuard, '', remove),
    guardWhere(subscriptionType, isOfGuard, 'Properties.LogGroupName', remove, replace('/elsewhere')),
    guardWhere(subscriptionType, isOfGuard, 'Properties.DestinationArn', remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guardWhere(subscriptionType, isOfGuard, 'Properties.FilterPattern', remove, replace(''), replace('{ $.eventName = "StopLogging" }')),
    guardWhere(permissionType, admitsLogs, '', remove),
    guardWhere(permissionType, admitsLogs, 'Properties.Principal', remove, replace('events.amazonaws.com')),
    guardWhere(permissionType, admitsLogs, 'Properties.FunctionName', remove, replace('another')),
  ],
  bypasses: [{ name: 'a key that is not guarded', resources: { Key2: newResource(keyType) } }],
  reads: [
    ...runReads(scheduleType),
    { type: subscriptionType, path: 'Properties' },
    { type: permissionType, path: 'Properties' },
    { type: trailType, path: 'Properties.S3BucketName' },
  ],
};

function isOfGuard(filter: Resource, assembly: Assembly): boolean {
  return isGuard(filter, filter.at('DestinationArn'), assembly);
}

function admitsLogs(permission: Resource, assembly: Assembly): boolean {
  return permission.at('Principal') === 'logs.amazonaws.com' && isGuard(permission, permission.at('FunctionName'), assembly);
}

function isGuard(resource: Resource, value: Json | undefined, assembly: Assembly): boolean {
  const lambda = assembly.target(value, resource.stack);
  return lambda !== undefined && isControl(lambda, runs.control, assembly);
}

/** The log group of the trail delivers to the function, which admits CloudWatch Logs. */
function subscriptionFindings(assembly: Assembly): readonly Finding[] {
  if (!controlFunctionOf(runs.control, assembly)) return [];
  const log = `/rempart/${assembly.facts.deployment}/trail`;
  const isWhole = (filter: Resource): boolean => filter.at('LogGroupName') === log && filter.at('FilterPattern') === changingRecords;
  const filters = assembly.ofType(subscriptionType).filter((filter) => isOfGuard(filter, assembly));
  const finding = (id: string, required: string): Finding => ({
    id,
    path: `the trigger of ${runs.control}`,
    found: undefined,
    required,
    fix,
  });
  return [
    ...(filters.some(isWhole) ? [] : [finding('subscription', `a subscription of ${log} with the pattern ${changingRecords}`)]),
    ...(assembly.ofType(permissionType).some((permission) => admitsLogs(permission, assembly))
      ? []
      : [finding('permission', 'a permission for CloudWatch Logs to invoke the function')]),
  ];
}
