// Delivery to the archive against s3rver: by site and day, compressed, the same objects for the same batch.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { Archive, archiveBucket, archiveClient } from '../../../../tools/twin/parts/archive';
import { type StandIn, startStandIn } from '../../../../tools/twin/parts/stand-in';

jest.setTimeout(120_000);

let folder = '';
let s3: StandIn;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-archive-'));
  s3 = await startStandIn({
    name: 'archive',
    script: require.resolve('../../../../tools/twin/parts/archive-process.ts'),
    args: [folder, archiveBucket],
    janitor: { watch: () => undefined, forget: () => undefined, dismiss: async () => undefined },
    signal: new AbortController().signal,
    lost: (error) => {
      throw error;
    },
  });
});
afterAll(async () => {
  await s3?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const hit = (site: number, received: string, id: string) => JSON.stringify({ site, received, id });
const record = (number: number, ...lines: readonly string[]) => ({
  eventID: `shardId-000000000000:${number}`,
  kinesis: {
    sequenceNumber: String(number),
    partitionKey: 'x',
    data: Buffer.from(lines.map((line) => `${line}\n`).join('')).toString('base64'),
    approximateArrivalTimestamp: 0,
  },
});

test('hits are delivered by site and day, other lines apart, and a second time to the same objects', async () => {
  const [one, two, other, late] = [
    hit(1, '2026-11-24T10:00:00.000Z', 'a'),
    hit(1, '2026-11-24T11:00:00.000Z', 'b'),
    hit(2, '2026-11-24T12:00:00.000Z', 'ü'),
    hit(1, '2026-11-25T00:00:00.000Z', 'c'),
  ] as const;
  const client = archiveClient(s3.endpoint);
  const archive = new Archive(client);
  const event = { Records: [record(7, one, other), record(8, two, late, 'no hit')] };
  await archive.deliver(event);
  await archive.deliver(event);
  expect([archive.objects, archive.hits]).toEqual([8, 10]);

  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: archiveBucket }));
  const objects: Record<string, string> = {};
  for (const { Key = '' } of Contents) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: archiveBucket, Key }));
    objects[Key] = gunzipSync((await Body?.transformToByteArray()) ?? '').toString('utf8');
  }
  const name = 'shardId-000000000000-7.jsonl.gz';
  expect(objects).toEqual({
    [`hits/site=1/day=2026-11-24/${name}`]: `${one}\n${two}\n`,
    [`hits/site=1/day=2026-11-25/${name}`]: `${late}\n`,
    [`hits/site=2/day=2026-11-24/${name}`]: `${other}\n`,
    [`errors/${name}`]: 'no hit\n',
  });
  client.destroy();
});
