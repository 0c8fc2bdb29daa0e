// The bundles of the functions as they are deployed, each in a process with its own variables only.
import { gzipSync } from 'node:zlib';
import { deployedFunctionTimeLimit } from '../../time-limits';
import { type Surroundings, surround } from '../deployed/surroundings';

jest.setTimeout(deployedFunctionTimeLimit);

const account = '111111111111';
const common = { DEPLOYMENT: 'production', METRIC_NAMESPACE: 'Rempart/Probes' };
const boundary = `arn:aws:iam::${account}:policy/production-boundary-eu-west-3`;
const variables: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'account-environments': { ...common, ENVIRONMENT: 'production', BOUNDARY: boundary, REGIONS: 'eu-west-3,eu-central-1' },
  'credential-hygiene': {
    ...{ ...common, WARN_DAYS: '76,83', LIMIT_DAYS: '90', DELETE_DAYS: '120', EXEMPT_USERS: 'none' },
    TOPIC: `arn:aws:sns:eu-west-3:${account}:alarms`,
  },
  'open-port-guard': { ...common, VPC: 'vpc-01', PROXY_GROUP: 'sg-0f' },
  'password-policy': { ...common, BOUNDARY: boundary, MINIMUM_LENGTH: '14', MAXIMUM_AGE_DAYS: '90', REUSE_PREVENTION: '24' },
  'permission-sets': { ...common, ACCOUNT: account, SETS: 'it-team', BOUNDARY: `arn:aws:iam::${account}:policy/production-boundary-*` },
  'session-archive': { ...common, ARCHIVE: 'arn:aws:s3:::production-audit', LATE_DAYS: '2', REACH_DAYS: '60' },
  'session-document': { ...common, BOUNDARY: boundary, INPUTS: '{"idleSessionTimeout":"15","maxSessionDuration":"240"}' },
  'tamper-guard': {
    ...{ ...common, ACCOUNT: account, REGION: 'eu-west-3', TRAIL: 'production-trail-eu-west-3', TRAIL_LOG: '/rempart/production/trail' },
    EXECUTION_ROLE: `cdk-hnb659fds-cfn-exec-role-${account}-eu-west-3`,
    EXECUTION_BOUNDARY: `arn:aws:iam::${account}:policy/cdk-hnb659fds-execution-boundary-${account}-eu-west-3`,
    ...{ ARCHIVE: 'arn:aws:s3:::production-audit', BOUNDARY: boundary, KEYS: `arn:aws:kms:eu-west-3:${account}:key/1`, VPC: 'vpc-01' },
  },
  'tunnel-watch': { ...common, CONNECTION: 'vpn-0123456789abcdef0', ALGORITHMS: 'ikev2;AES256-GCM-16;SHA2-384;19', KEY_DAYS: '330' },
};

let around: Surroundings;
beforeAll(async () => {
  // No function here has a database.
  around = await surround(1);
});
afterAll(() => around.close());

test.each(Object.keys(variables))('%s names a variable that is missing', async (control) => {
  const { METRIC_NAMESPACE: _, ...incomplete } = variables[control] ?? {};
  const invoked = around.start(control, incomplete).then((instance) => instance.invoke({}));
  const stack = control === 'account-environments' ? 'account' : 'access';
  await expect(invoked).rejects.toThrow(
    `METRIC_NAMESPACE: expected a CloudWatch namespace, got undefined; deploy the ${stack} stack again`,
  );
});

test.each(Object.keys(variables))('%s fails where AWS refuses its calls, so that Lambda repeats the run', async (control) => {
  const instance = await around.start(control, { ...variables[control], AWS_MAX_ATTEMPTS: '1' });
  await expect(instance.invoke({})).rejects.toThrow(`${control}: expected a complete run for production`);
});

test('tamper-guard finds a change in a delivery of CloudWatch Logs', async () => {
  const stopped = {
    eventID: 'e1',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    requestParameters: { name: 'production-trail-eu-west-3' },
  };
  const logEvents = [{ id: '1', message: JSON.stringify(stopped) }];
  const data = gzipSync(JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents })).toString('base64');
  const instance = await around.start('tamper-guard', variables['tamper-guard'] ?? {});
  expect(await instance.invoke({ awslogs: { data } })).toMatchObject({
    findings: [{ id: 'event::e1', resource: 'audit trail' }],
    unseen: [],
  });
});
