// Which records of the audit trail are findings: a table of changes, and random records compared with a model.
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { deliveredRecords, type TrailRecord } from '../../../../lambda/access/tamper-guard/records';
import { examineState } from '../../../../lambda/access/tamper-guard/state';
import { tamperFinding } from '../../../../lambda/access/tamper-guard/tampering';

const seed = 36;
const runs = 3000;
const account = '111111111111';
const region = 'eu-west-3';
const boundary = `arn:aws:iam::${account}:policy/production-boundary-${region}`;
const keyArn = `arn:aws:kms:${region}:${account}:key/0123-abcd`;
const guarded = {
  ...{ deployment: 'production', account, region, trail: `production-trail-${region}`, trailLog: '/rempart/production/trail' },
  ...{ archive: 'production-audit', boundary, keys: [keyArn] },
  executionRole: `cdk-hnb659fds-cfn-exec-role-${account}-${region}`,
  executionBoundary: `arn:aws:iam::${account}:policy/cdk-hnb659fds-execution-boundary-${account}-${region}`,
};
type Caller = NonNullable<TrailRecord['userIdentity']>;

const person: Caller = { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/ada` };
const roleOf = (name: string): Caller => ({
  ...{
    type: 'AssumedRole',
    arn: `arn:aws:sts::${account}:assumed-role/${name}/AWSCloudFormation`,
    invokedBy: 'cloudformation.amazonaws.com',
  },
  sessionContext: { sessionIssuer: { arn: `arn:aws:iam::${account}:role/${name}` } },
});
const withoutService = ({ invokedBy: _, ...caller }: Caller): Caller => caller;
const deployment = roleOf(`cdk-hnb659fds-cfn-exec-role-${account}-${region}`);

const record = (service: string, eventName: string, requestParameters: object, more: Partial<TrailRecord> = {}): TrailRecord => ({
  ...{ eventID: 'e1', eventTime: '2026-11-29T10:00:00Z', awsRegion: region, sourceIPAddress: '203.0.113.7' },
  ...{ eventSource: `${service}.amazonaws.com`, eventName, requestParameters, userIdentity: person, ...more },
});

/** A change of each part, as CloudTrail records its parameters. */
const changes: readonly [part: string, record: TrailRecord][] = [
  ['audit trail', record('cloudtrail', 'StopLogging', { name: guarded.trail })],
  ['audit trail', record('cloudtrail', 'DeleteTrail', { name: `arn:aws:cloudtrail:${region}:${account}:trail/${guarded.trail}` })],
  ['audit trail', record('cloudtrail', 'PutEventSelectors', { trailName: guarded.trail, eventSelectors: [] })],
  ['log group of the audit trail', record('logs', 'DeleteLogGroup', { logGroupName: guarded.trailLog })],
  ['log group of the audit trail', record('logs', 'DeleteSubscriptionFilter', { logGroupName: guarded.trailLog, filterName: 'x' })],
  ['log group of the audit trail', record('logs', 'PutRetentionPolicy', { logGroupName: guarded.trailLog, retentionInDays: 1 })],
  ['log group of the audit trail', record('logs', 'PutMetricFilter', { logGroupName: guarded.trailLog, filterName: 'EmergencyRoleUses' })],
  ['log groups of the account', record('logs', 'PutAccountPolicy', { policyName: 'x', policyType: 'DATA_PROTECTION_POLICY' })],
  ['audit archive', record('s3', 'PutBucketPolicy', { bucketName: 'production-audit', Host: 'production-audit.s3.amazonaws.com' })],
  ['audit archive', record('s3', 'DeleteBucketLifecycle', { bucketName: 'production-audit' })],
  ['audit archive', record('s3', 'PutObjectLockConfiguration', { bucketName: 'production-audit' })],
  ['permissions boundary', record('iam', 'CreatePolicyVersion', { policyArn: boundary }, { awsRegion: 'us-east-1' })],
  ['permissions boundary', record('iam', 'CreatePolicyVersion', { policyArn: guarded.executionBoundary }, { awsRegion: 'us-east-1' })],
  [
    'permissions boundary of a role',
    record('iam', 'DeleteRolePermissionsBoundary', { roleName: guarded.executionRole }, { awsRegion: 'us-east-1' }),
  ],
  [
    'permissions boundary of a role',
    record('iam', 'DeleteRolePermissionsBoundary', { roleName: 'production-data-x' }, { awsRegion: 'us-east-1' }),
  ],
  ['flow logs', record('ec2', 'DeleteFlowLogs', { DeleteFlowLogsRequest: { FlowLogId: { content: 'fl-1' } } })],
  ['policy of a key', record('kms', 'PutKeyPolicy', { keyId: '0123-abcd', policyName: 'default' })],
  ['policy of a key', record('kms', 'ScheduleKeyDeletion', { keyId: keyArn })],
  ['alarm', record('monitoring', 'DeleteAlarms', { alarmNames: ['theirs', 'production-access-PortOpened'] })],
  ['alarm', record('monitoring', 'DisableAlarmActions', { alarmNames: ['production-access-PortOpened'] })],
  ['alarm', record('monitoring', 'PutMetricAlarm', { alarmName: 'production-data-UpkeepOverdue', threshold: 1e6 })],
  ['alarm', record('monitoring', 'PutLogAlarm', { alarmName: 'production-data-UpkeepOverdue' })],
  ['alarm', record('monitoring', 'PutCompositeAlarm', { alarmName: 'production-data-UpkeepOverdue' })],
  ['alarm', record('monitoring', 'SetAlarmState', { alarmName: 'production-data-UpkeepOverdue', stateValue: 'OK' })],
  ['alarm', record('monitoring', 'PutAlarmMuteRule', { name: 'quiet', muteTargets: { alarmNames: ['production-access-PortOpened'] } })],
  ['schedule', record('scheduler', 'DeleteSchedule', { name: 'production-tamper-guard', groupName: 'default' })],
  ['schedule', record('scheduler', 'UpdateSchedule', { name: 'x', groupName: 'production-tamper-guard', state: 'DISABLED' })],
  ['schedule', record('scheduler', 'DeleteScheduleGroup', { name: 'production-tamper-guard' })],
  ['rule of events', record('events', 'DisableRule', { name: 'production-access-OpenPortGuardRule1A2B' })],
  ['rule of events', record('events', 'DeleteRule', { name: 'production-access-OpenPortGuardRule1A2B' })],
  ['rule of events', record('events', 'PutRule', { name: 'production-access-OpenPortGuardRule1A2B', state: 'DISABLED' })],
  ['rule of events', record('events', 'RemoveTargets', { rule: 'production-access-OpenPortGuardRule1A2B', ids: ['Function'] })],
  ['function', record('lambda', 'DeleteFunction20150331', { functionName: 'production-tamper-guard' })],
  [
    'function',
    record('lambda', 'PutFunctionConcurrency20171031', { functionName: 'production-tamper-guard', reservedConcurrentExecutions: 0 }),
  ],
  [
    'function',
    record('lambda', 'UpdateFunctionCode20150331v2', {
      functionName: `arn:aws:lambda:${region}:${account}:function:production-open-port-guard:1`,
    }),
  ],
  ['function', record('lambda', 'UpdateFunctionConfiguration20150331v2', { functionName: 'AWSClientVPN-production-connection-handler' })],
  ['function', record('lambda', 'RemovePermission20150331v2', { functionName: 'production-tamper-guard', statementId: 's' })],
  ['detector guardduty', record('guardduty', 'DeleteDetector', { detectorId: 'd' })],
  ['detector config', record('config', 'StopConfigurationRecorder', { configurationRecorderName: 'default' })],
  ['detector securityhub', record('securityhub', 'DisableSecurityHub', {})],
  ['detector inspector2', record('inspector2', 'Disable', {})],
  ['detector access-analyzer', record('access-analyzer', 'DeleteAnalyzer', { analyzerName: 'a' })],
];

test.each(changes.map(([part, change]) => [part, change.eventName, change] as const))(
  '%s: %s by a person is a finding',
  (part, name, change) => {
    const found = tamperFinding(change, guarded);
    expect(found).toMatchObject({ id: 'event::e1', resource: part, required: 'changes by the deployment alone' });
    expect(found?.found).toContain(`${name} by arn:aws:iam::${account}:user/ada from 203.0.113.7`);
  },
);

test('what CloudFormation changes for the deployment is none, and other roles of CloudFormation are no authors', () => {
  for (const [, change] of changes) {
    const by = (userIdentity: Caller, more: Partial<TrailRecord> = {}) =>
      tamperFinding({ ...change, ...more, userIdentity }, guarded) === undefined;
    expect(by(deployment)).toBe(true);
    expect(by(withoutService(deployment), { sourceIPAddress: 'cloudformation.amazonaws.com' })).toBe(true);
    // The role without CloudFormation, a foreign account or region, and a name that only contains that of the role.
    expect(by(withoutService(deployment))).toBe(false);
    for (const name of [
      `cdk-hnb659fds-cfn-exec-role-${account}-eu-central-1`,
      `cdk-hnb659fds-cfn-exec-role-222222222222-${region}`,
      `my-cdk-hnb659fds-cfn-exec-role-${account}-${region}`,
      `cdk-hnb659fds-deploy-role-${account}-${region}`,
    ]) {
      expect(by(roleOf(name))).toBe(false);
    }
    expect(by({ type: 'AWSService', invokedBy: 'kms.amazonaws.com' })).toBe(true);
  }
});

test('changes of other deployments, failed calls and reads are none', () => {
  const others = [
    record('cloudtrail', 'StopLogging', { name: 'staging-trail-eu-west-3' }),
    record('cloudtrail', 'StopLogging', { name: `another-${guarded.trail}` }),
    record('cloudtrail', 'GetTrailStatus', { name: guarded.trail }),
    record('logs', 'DeleteLogGroup', { logGroupName: '/rempart/production/trailer' }),
    record('logs', 'CreateLogStream', { logGroupName: guarded.trailLog }),
    record('s3', 'PutBucketPolicy', { bucketName: 'production-audit-of-others' }),
    record('iam', 'CreatePolicyVersion', { policyArn: `${boundary}-2` }),
    record('iam', 'TagPolicy', { policyArn: boundary }),
    record('iam', 'DeleteRolePermissionsBoundary', { roleName: `${guarded.executionRole}-2` }),
    record('logs', 'PutMetricFilter', { logGroupName: '/rempart/production/sessions', filterName: 'x' }),
    record('logs', 'PutAccountPolicy', { policyName: 'x', policyType: 'FIELD_INDEX_POLICY' }),
    record('iam', 'DeleteRolePermissionsBoundary', { roleName: 'staging-data-x' }),
    record('ec2', 'DeleteFlowLogs', {}, { awsRegion: 'eu-central-1' }),
    record('kms', 'PutKeyPolicy', { keyId: 'ffff-ffff' }),
    record('config', 'PutEvaluations', {}),
    // Alarms of a scaling policy, those of others that notify our topic, and the deployment in the other region.
    record('monitoring', 'PutMetricAlarm', { alarmName: 'TargetTracking-production-collectors-AlarmHigh-1' }),
    record('monitoring', 'PutMetricAlarm', { alarmName: 'staging-data-UpkeepOverdue', alarmActions: [`arn:aws:sns:x:y:production-topic`] }),
    record('monitoring', 'DeleteAlarms', { alarmNames: ['production-access-PortOpened'] }, { awsRegion: 'eu-central-1' }),
    record('monitoring', 'EnableAlarmActions', { alarmNames: ['production-access-PortOpened'] }),
    record('scheduler', 'UpdateSchedule', { name: 'x', groupName: 'staging-upkeep', target: { arn: 'production-upkeep' } }),
    record('scheduler', 'DeleteSchedule', { name: 'production-upkeep' }, { awsRegion: 'eu-central-1' }),
    record('events', 'PutRule', { name: 'AwsBackupManagedRule1', description: 'production-x' }),
    record('lambda', 'DeleteFunction20150331', { functionName: 'staging-tamper-guard' }),
    record('lambda', 'UpdateFunctionCode20150331v2', { functionName: 'preproduction-tamper-guard' }),
    record('lambda', 'PublishVersion20150331', { functionName: 'production-tamper-guard' }),
    record('config', 'StopConfigurationRecorder', {}, { awsRegion: 'eu-central-1' }),
    record('securityhub', 'BatchImportFindings', {}),
    record('cloudtrail', 'StopLogging', { name: guarded.trail }, { errorCode: 'AccessDenied' }),
  ];
  expect(others.flatMap((other) => tamperFinding(other, guarded)?.found ?? [])).toEqual([]);
});

test('any call of the root user is a finding, a failed sign-in is none', () => {
  const root: Caller = { type: 'Root', arn: `arn:aws:iam::${account}:root` };
  const signIn = (ConsoleLogin: string) =>
    tamperFinding(
      record('signin', 'ConsoleLogin', {}, { userIdentity: root, responseElements: { ConsoleLogin }, awsRegion: 'us-east-1' }),
      guarded,
    );
  expect(signIn('Success')).toMatchObject({ resource: 'root user', required: 'no sign-in of the root user' });
  expect(signIn('Failure')).toBeUndefined();
  expect(tamperFinding(record('s3', 'ListBuckets', {}, { userIdentity: root }), guarded)).toMatchObject({ resource: 'root user' });
});

const deliveryOf = (messages: readonly string[], messageType = 'DATA_MESSAGE') => {
  const logEvents = messages.map((message, index) => ({ id: String(index), message }));
  return { awslogs: { data: gzipSync(JSON.stringify({ messageType, logEvents })).toString('base64') } };
};

test(`${runs} deliveries: each change is found once for each record, in any order, among records that change nothing`, () => {
  const harmless = fc.constantFrom(
    record('logs', 'CreateLogStream', { logGroupName: guarded.trailLog }),
    record('kms', 'PutKeyPolicy', { keyId: 'ffff' }),
    record('iam', 'CreateRole', { roleName: 'production-x' }),
  );
  const change = fc.constantFrom(...changes.map(([, one]) => one));
  const author = fc.constantFrom(person, deployment, { type: 'AWSService' });
  const mixed = fc.array(fc.tuple(fc.oneof(harmless, change), author), { maxLength: 20, size: 'max' });
  let found = 0;
  fc.assert(
    fc.property(mixed, fc.boolean(), (list, isRepeated) => {
      const records = list.map(([one, userIdentity], index) => ({ ...one, userIdentity, eventID: `e${index}` }));
      const messages = [...records, ...(isRepeated ? records.toReversed() : [])].map((one) => JSON.stringify(one));
      const delivered = deliveredRecords(deliveryOf(messages));
      const ids = delivered?.records.flatMap((one) => tamperFinding(one, guarded)?.id ?? []) ?? [];
      const expected = list.flatMap(([one, userIdentity], index) =>
        changes.some(([, tampering]) => tampering === one) && userIdentity === person ? [`event::e${index}`] : [],
      );
      expect(ids.toSorted()).toEqual([...expected, ...(isRepeated ? expected : [])].toSorted());
      found += expected.length;
    }),
    { numRuns: runs, seed },
  );
  console.info(`tamper guard: ${runs} deliveries, ${found} changes found`);
  expect(found).toBeGreaterThan(1000);
});

test('a control message has no records, another event is none, and a message that is no record is named', () => {
  expect(deliveredRecords(deliveryOf(['x'], 'CONTROL_MESSAGE'))).toEqual({ records: [], unread: [] });
  for (const other of [undefined, {}, { awslogs: {} }, { awslogs: { data: 1 } }]) expect(deliveredRecords(other)).toBeUndefined();
  expect(deliveredRecords(deliveryOf(['{}', 'not json', '[]']))).toEqual({
    records: [{}],
    unread: ['log event 1: no record of CloudTrail', 'log event 2: no record of CloudTrail'],
  });
  expect(() => deliveredRecords({ awslogs: { data: 'AAAA' } })).toThrow();
});

test('a record without any field is read too', () => expect(tamperFinding({}, guarded)).toBeUndefined());

const state = {
  trail: async () => ({ isLogging: true, deliveryError: undefined }),
  receivers: async () => ['production-tamper-guard'],
  flowLogs: async () => 1,
  executionBoundary: async () => 'bounded',
};
const expected = { receiver: 'production-tamper-guard', boundary: 'bounded' };

test('a stopped trail, a lost delivery, a removed subscription, no flow logs and an unbounded role are findings; a failure is none', async () => {
  const ids = async (more: object) => (await examineState({ ...state, ...more }, expected)).findings.map(({ id }) => id);
  expect(await ids({})).toEqual([]);
  expect(await ids({ trail: async () => ({ isLogging: false, deliveryError: 'Access denied' }) })).toEqual([
    'state::trail',
    'state::delivery',
  ]);
  expect(await ids({ receivers: async () => ['staging-tamper-guard'] })).toEqual(['state::receiver']);
  expect(await ids({ flowLogs: async () => 0 })).toEqual(['state::flow-logs']);
  expect(await ids({ executionBoundary: async () => 'other' })).toEqual(['state::execution-role']);
  const failed = await examineState({ ...state, trail: () => Promise.reject(new Error('denied')) }, expected);
  expect(failed).toMatchObject({ findings: [], unseen: ['audit trail: Error: denied'], looked: { parts: 3 } });
});
