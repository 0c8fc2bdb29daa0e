// The calls that the collector sends, compared with its contract: one call of each of its clients. The clients' `send`
// is mocked.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { siteId } from '../../../runtime/site';
import { calls } from '../../../services/collector/calls';
import { Clock } from '../../../services/collector/clock/clock';
import { cloudWatch, Publisher } from '../../../services/collector/cloudwatch';
import { KinesisStream } from '../../../services/collector/forward/stream';
import { siteKeys } from '../../../services/collector/sites/key-source';
import { snapshotSource } from '../../../services/collector/sites/snapshot-source';
import { actionsOfCode, recordSends } from '../../lambda/declared-calls';
import { sourceCommands } from '../../lambda/source-commands';

const region = 'eu-west-3';
const clock = new Clock(() => undefined);
const clients = [CloudWatchClient, KinesisClient, S3Client, SecretsManagerClient] as const;
const sent = recordSends(...clients);

beforeEach(() => {
  for (const { prototype } of clients) jest.spyOn(prototype, 'send').mockImplementation(() => Promise.reject(new Error('not sent')));
});
afterEach(() => {
  jest.restoreAllMocks();
});

test.each<[string, () => Promise<unknown>]>([
  [
    'the publisher of metrics',
    () => {
      const figures = () => ({ spoolAge: 0, spoolBytes: 0, refused: 0, requests: 0, arrayDegraded: false, clockOffset: 0 });
      const publisher = new Publisher({ client: cloudWatch(region, clock), namespace: 'n', group: 'g', figures, report: () => undefined });
      publisher.close();
      return publisher.publish();
    },
  ],
  [
    'the stream',
    () => new KinesisStream({ stream: 's', region, endpoint: undefined, concurrency: 1, clock }).put([], new AbortController().signal),
  ],
  ['the source of the snapshot', () => snapshotSource('s3://settings/sites.json', region, clock).read()],
  ['the source of the keys', () => siteKeys('secretsmanager:example/sites', region, clock).read(siteId(1))],
])('%s sends its call', async (_, call) => {
  await call().catch(() => undefined);
  expect(clients.map(({ prototype }) => jest.mocked(prototype.send).mock.calls.length).reduce((sum, count) => sum + count)).toBe(1);
});

test('the calls are those of the contract, and no others', () => {
  expect(sent()).toEqual(actionsOfCode(calls));
});

test('no other source of the collector sends commands', () => {
  expect(sourceCommands('services/collector')).toEqual(['GetObjectCommand', 'PutMetricDataCommand', 'PutRecordsCommand']);
});
