// The function as the schedule calls it, in a mocked account.
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as s3 from '@aws-sdk/client-s3';
import type { handler as Handler } from '../../../../lambda/access/session-archive/handler';
import { invocationContext } from '../../custom-resource';
import { declaredActions, recordSends } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';
import { archive, MockExports } from './mock-exports';

const variables = {
  AWS_REGION: 'eu-west-3',
  DEPLOYMENT: 'production',
  ARCHIVE: `arn:aws:s3:::${archive}`,
  LATE_DAYS: '2',
  REACH_DAYS: '60',
  METRIC_NAMESPACE: 'Rempart/Probes',
};

let mock: MockExports;
let refused: Record<string, Error>;
let written: string[];

const sentActions = recordSends(logs.CloudWatchLogsClient, s3.S3Client);
restoreAfterEach();

beforeEach(() => {
  mock = new MockExports(Date.now() - 4 * 86_400_000);
  mock.now = Date.now();
  refused = {};
  const send = async (command: object) => {
    const error = refused[command.constructor.name];
    if (error) throw error;
    return mock.send(command);
  };
  jest.spyOn(logs.CloudWatchLogsClient.prototype, 'send').mockImplementation(send);
  jest.spyOn(s3.S3Client.prototype, 'send').mockImplementation(send);
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});

async function run(milliseconds = 300_000) {
  written = [];
  const shared = {
    ...{ '@aws-sdk/client-cloudwatch-logs': logs, '@aws-sdk/client-s3': s3 },
    'node:timers/promises': {
      setTimeout: async (pause: number) => {
        mock.now += pause;
      },
    },
  };
  await loadHandler<{ handler: typeof Handler }>('access/session-archive', variables, shared).handler({}, invocationContext(milliseconds));
  return JSON.parse(written[0] ?? '');
}

test('the complete days are exported, and the evidence counts them', async () => {
  const evidence = await run();
  expect(evidence).toMatchObject({ Probe: 'session-archive', Findings: 0, Completed: 1, clause: 'TOM-3.6' });
  expect(evidence.looked).toMatchObject({ missing: 0, exported: evidence.looked.days });
  expect(evidence.looked.days).toBeGreaterThanOrEqual(3);
  expect(await run()).toMatchObject({ looked: { exported: 0, missing: 0 } });
});

test('a run without time left exports nothing, and reports the days that are late', async () => {
  const evidence = await run(10_000);
  expect(evidence).toMatchObject({ Completed: 1, looked: { exported: 0 } });
  expect(evidence.Findings).toBeGreaterThanOrEqual(1);
});

test.each([
  'DescribeLogGroupsCommand',
  'ListObjectsV2Command',
  'DescribeExportTasksCommand',
  'CreateExportTaskCommand',
  'PutObjectCommand',
])('a refused %s fails the run', async (name) => {
  refused = { [name]: Object.assign(new Error('not authorized'), { name: 'AccessDenied' }) };
  await expect(run()).rejects.toThrow('session-archive: expected a complete run for production, got 1 failures');
});

test('the handler sends the declared calls and no others', async () => {
  await run();
  expect([...sentActions()].sort()).toEqual(declaredActions('session-archive'));
});
