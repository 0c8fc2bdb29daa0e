// Which records of the audit trail show a change of the audit, or of what watches the deployment, by somebody other
// than the deployment. Pure.
import type { ProbeFinding } from '../../../runtime/probe';
import { isFields, type TrailRecord } from './records';

/** What is guarded, and who may change it. */
export interface Guarded {
  readonly deployment: string;
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  readonly trailLog: string;
  readonly archive: string;
  readonly boundary: string;
  /** Name of the role by which CloudFormation deploys, and the ARN of its boundary. */
  readonly executionRole: string;
  readonly executionBoundary: string;
  readonly keys: readonly string[];
}

/** Calls of one service that change a part of the audit. */
interface Watch {
  readonly part: string;
  readonly source: string;
  readonly calls: RegExp;
  /** Parameters that name what is changed. @default - all, at any depth */
  readonly parameters?: readonly string[];
  /** Whether a record concerns the deployment. @default - the service has one for the account and region */
  readonly concerns?: (names: readonly string[], guarded: Guarded) => boolean;
  /** Whether another region has resources of the same name, with a guard of its own. @default false */
  readonly isRegional?: boolean;
}

/** Names of a record with one of these at their end, as a name, an ARN or an id can be given. */
const endsWith = (names: readonly string[], ...ends: readonly string[]): boolean =>
  names.some((name) => ends.some((end) => name === end || name.endsWith(`/${end}`) || name.endsWith(`:${end}`)));

/** Calls that stop a detector, narrow it, or hide its findings; services record results with others. */
const detectorCalls: Readonly<Record<string, RegExp>> = {
  guardduty:
    /^(?:CreateFilter|Delete(?:Detector|Members|PublishingDestination)|Disassociate\w+|StopMonitoringMembers|Update(?:Detector|Filter|PublishingDestination))$/,
  securityhub: /^(?:BatchDisableStandards|DisableSecurityHub|DisassociateMembers|UpdateStandardsControl|UpdateSecurityHubConfiguration)$/,
  config:
    /^(?:Delete(?:ConfigRule|ConfigurationRecorder|DeliveryChannel)|Put(?:ConfigurationRecorder|DeliveryChannel)|StopConfigurationRecorder)$/,
  inspector2: /^(?:CreateFilter|Disable|DisassociateMember|UpdateConfiguration|UpdateFilter)$/,
  'access-analyzer': /^(?:CreateArchiveRule|DeleteAnalyzer|UpdateAnalyzer|UpdateArchiveRule)$/,
};

/** Names that begin with the deployment, alone or within ARNs; Client VPN prescribes the beginning of one of them. */
const isOfDeployment = (names: readonly string[], { deployment }: Guarded): boolean =>
  names.flatMap((name) => name.split(/[:/]/)).some((part) => part.replace(/^AWSClientVPN-/, '').startsWith(`${deployment}-`));

/**
 * Calls that silence the watch over the deployment: its alarms, what starts its functions, and the functions.
 * CloudTrail ends the names of calls of Lambda with the version of the API ("Logging AWS Lambda API calls using AWS
 * CloudTrail").
 */
const watchCalls: readonly Pick<Watch, 'part' | 'source' | 'calls' | 'parameters'>[] = [
  {
    part: 'alarm',
    source: 'monitoring.amazonaws.com',
    calls: /^(?:DeleteAlarms|DisableAlarmActions|Put(?:Composite|Log|Metric)Alarm|PutAlarmMuteRule|SetAlarmState)$/,
    parameters: ['alarmName', 'alarmNames', 'muteTargets'],
  },
  {
    part: 'schedule',
    source: 'scheduler.amazonaws.com',
    calls: /^(?:Delete|Update)Schedule(?:Group)?$/,
    parameters: ['groupName', 'name'],
  },
  {
    part: 'rule of events',
    source: 'events.amazonaws.com',
    calls: /^(?:DeleteRule|DisableRule|PutRule|PutTargets|RemoveTargets)$/,
    parameters: ['name', 'rule'],
  },
  {
    part: 'function',
    source: 'lambda.amazonaws.com',
    calls: /^(?:DeleteFunction|PutFunctionConcurrency|RemovePermission|UpdateFunction(?:Code|Configuration))(?:\d{8}(?:v\d+)?)?$/,
    parameters: ['functionName'],
  },
];

const watches: readonly Watch[] = [
  {
    part: 'audit trail',
    source: 'cloudtrail.amazonaws.com',
    calls: /^(?:DeleteTrail|PutEventSelectors|PutInsightSelectors|StartLogging|StopLogging|UpdateTrail)$/,
    concerns: (names, { trail }) => endsWith(names, trail),
  },
  {
    part: 'log group of the audit trail',
    source: 'logs.amazonaws.com',
    calls:
      /^(?:AssociateKmsKey|Delete(?:LogGroup|LogStream|MetricFilter|RetentionPolicy|SubscriptionFilter)|DisassociateKmsKey|Put(?:MetricFilter|RetentionPolicy|SubscriptionFilter|DataProtectionPolicy))$/,
    concerns: (names, { trailLog }) => names.some((name) => name === trailLog || name.replace(/:\*$/, '').endsWith(`:${trailLog}`)),
  },
  {
    // It masks records for the filters of every log group, too ("Help protect sensitive log data with masking").
    part: 'log groups of the account',
    source: 'logs.amazonaws.com',
    calls: /^PutAccountPolicy$/,
    concerns: (names) => names.includes('DATA_PROTECTION_POLICY'),
  },
  {
    part: 'audit archive',
    source: 's3.amazonaws.com',
    calls: /^(?:DeleteBucket|PutBucket|PutObjectLock|PutPublicAccessBlock|DeletePublicAccessBlock|PutAccelerate|PutLifecycle)/,
    concerns: (names, { archive }) => endsWith(names, archive) || names.includes(`arn:aws:s3:::${archive}`),
  },
  {
    part: 'permissions boundary',
    source: 'iam.amazonaws.com',
    calls: /^(?:CreatePolicyVersion|DeletePolicy|DeletePolicyVersion|SetDefaultPolicyVersion)$/,
    concerns: (names, { boundary, executionBoundary }) => [boundary, executionBoundary].some((arn) => names.includes(arn)),
  },
  {
    part: 'permissions boundary of a role',
    source: 'iam.amazonaws.com',
    calls: /^(?:Delete|Put)RolePermissionsBoundary$/,
    concerns: (names, { deployment, executionRole }) => names.some((name) => name.startsWith(`${deployment}-`) || name === executionRole),
  },
  {
    part: 'flow logs',
    source: 'ec2.amazonaws.com',
    calls: /^DeleteFlowLogs$/,
  },
  {
    part: 'policy of a key',
    source: 'kms.amazonaws.com',
    calls: /^(?:CancelKeyDeletion|DeleteImportedKeyMaterial|DisableKey|DisableKeyRotation|PutKeyPolicy|ScheduleKeyDeletion)$/,
    concerns: (names, { keys }) => keys.some((key) => endsWith(names, key.split('/')[1] ?? key) || names.includes(key)),
  },
  ...watchCalls.map((watch) => ({ ...watch, concerns: isOfDeployment, isRegional: true })),
  ...Object.entries(detectorCalls).map(([service, calls]) => ({ part: `detector ${service}`, source: `${service}.amazonaws.com`, calls })),
];

/** The strings anywhere in a value: names, ids and ARNs of resources. */
function namesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(namesIn);
  return isFields(value) ? Object.values(value).flatMap(namesIn) : [];
}

/** The strings in the parameters of a call, or in those with the given names. */
const namesOf = ({ requestParameters: all }: TrailRecord, parameters?: readonly string[]): readonly string[] =>
  namesIn(parameters && isFields(all) ? parameters.map((parameter) => all[parameter]) : all);

/**
 * The role of CloudFormation in this account and region, which it alone can assume; any qualifier of the CDK bootstrap
 * template. The name of the caller is in the record of CloudTrail, which no caller writes.
 */
function isDeployment({ userIdentity: identity, sourceIPAddress }: TrailRecord, { account, region }: Guarded): boolean {
  const issuer = identity?.sessionContext?.sessionIssuer?.arn ?? '';
  return (
    [identity?.invokedBy, sourceIPAddress].includes('cloudformation.amazonaws.com') &&
    new RegExp(`^arn:[a-z-]+:iam::${account}:role/cdk-[a-z0-9]+-cfn-exec-role-${account}-${region}$`).test(issuer)
  );
}

/** A service of AWS that acts by itself, as on the rotation of a key. */
const isService = ({ userIdentity }: TrailRecord): boolean => userIdentity?.type === 'AWSService';

/**
 * The finding of a record; undefined for one that changes nothing of the audit, or that the deployment makes. A record
 * of another region counts only for what is global, and for the trail, which is reached from every region. Alarms,
 * schedules, rules and functions of the other site have a guard there.
 */
export function tamperFinding(record: TrailRecord, guarded: Guarded): ProbeFinding | undefined {
  const { eventSource: source = '', eventName: name = '' } = record;
  if (record.errorCode !== undefined) return undefined;
  if (isRootSignIn(record)) return findingOf(record, 'root user', 'no sign-in of the root user');
  if (isService(record) || isDeployment(record, guarded)) return undefined;
  const watch = watches.find(
    ({ source: of, calls, parameters, concerns, isRegional = concerns === undefined }) =>
      of === source &&
      calls.test(name) &&
      (!isRegional || record.awsRegion === guarded.region) &&
      (concerns?.(namesOf(record, parameters), guarded) ?? true),
  );
  return watch && findingOf(record, watch.part, 'changes by the deployment alone');
}

/** A console sign-in of the root user that succeeded, or any call of it. */
const isRootSignIn = ({ eventName, responseElements, userIdentity }: TrailRecord): boolean =>
  userIdentity?.type === 'Root' &&
  userIdentity.invokedBy === undefined &&
  (eventName !== 'ConsoleLogin' || (isFields(responseElements) && responseElements.ConsoleLogin === 'Success'));

function findingOf(record: TrailRecord, part: string, required: string): ProbeFinding {
  const { eventID = '?', eventName, eventSource, eventTime, awsRegion, sourceIPAddress, userIdentity } = record;
  const caller = userIdentity?.arn ?? userIdentity?.type ?? 'an unknown caller';
  return {
    id: `event::${eventID}`,
    resource: part,
    found: `${eventSource} ${eventName} by ${caller} from ${sourceIPAddress ?? 'an unknown address'} at ${eventTime} in ${awsRegion}`,
    required,
    fix: 'Open an incident, end the access of the caller, and deploy again with --revert-drift to restore it.',
  };
}
