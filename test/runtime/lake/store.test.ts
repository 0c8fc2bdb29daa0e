// The lake in S3: sessions with the tag of one site, whole objects, and errors with the key. STS is a mock; S3 is s3rver with the
// conditions of writes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { lakeKey, S3Lake } from '../../../runtime/lake/store';
import { siteId } from '../../../runtime/site';
import { type ConditionalS3, startConditionalS3 } from '../vpn/conditional-s3';

const bucket = 'archive';
const role = 'arn:aws:iam::111122223333:role/production-lake-writer-eu-west-3';
const [one, eleven] = [siteId(1), siteId(11)];
const body = Buffer.from('0123456789');
const sha256 = '84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882';
const key = lakeKey(one, '2026-11-01', sha256);

let folder: string;
let s3: ConditionalS3;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rempart-lake-'));
  s3 = await startConditionalS3(folder, bucket);
});
afterAll(async () => {
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

/** A mock of STS whose sessions last so many seconds. */
function mockSts(seconds = 900) {
  const requests: AssumeRoleCommand['input'][] = [];
  const send = async ({ input }: AssumeRoleCommand) => {
    requests.push(input);
    const Expiration = new Date(Date.now() + seconds * 1000);
    return { Credentials: { AccessKeyId: 'S3RVER', SecretAccessKey: 'S3RVER', SessionToken: 'session', Expiration }, $metadata: {} };
  };
  return { requests, sts: { send } as unknown as Pick<STSClient, 'send'> };
}

async function lakeOf(sts: Pick<STSClient, 'send'>): Promise<S3Lake> {
  const { endpoint } = s3.client.config;
  const { protocol, hostname, port } = (await endpoint?.()) ?? { protocol: '', hostname: '', port: 0 };
  return new S3Lake({
    sts,
    role,
    bucket,
    client: { region: 'eu-west-3', endpoint: `${protocol}//${hostname}:${port}`, forcePathStyle: true, maxAttempts: 1 },
  });
}

test('each site has one session, with its tag and its name, which serves all its objects', async () => {
  const { requests, sts } = mockSts();
  const lake = await lakeOf(sts);
  await lake.of(one).put(key, { body, sha256 });
  expect(Buffer.from(await lake.of(one).open({ key, bytes: 10 }).read(2, 5)).toString()).toBe('234');
  const other = lakeKey(eleven, '2026-11-01', sha256);
  await lake.of(eleven).put(other, { body, sha256 });
  expect(requests).toEqual([
    { RoleArn: role, RoleSessionName: 'site-1', DurationSeconds: 900, Tags: [{ Key: 'rempart:site', Value: '1' }] },
    { RoleArn: role, RoleSessionName: 'site-11', DurationSeconds: 900, Tags: [{ Key: 'rempart:site', Value: '11' }] },
  ]);
});

test('clients of sites whose work is done end: ten thousand sites hold few', async () => {
  const ended = jest.spyOn(S3Client.prototype, 'destroy');
  const { requests, sts } = mockSts();
  const lake = await lakeOf(sts);
  const first = lake.of(one);
  for (let site = 100; site < 600; site++) lake.of(siteId(site));
  expect(ended).toHaveBeenCalledTimes(501 - 32);
  for (let site = 600; site < 700; site++) {
    lake.of(siteId(599));
    lake.of(siteId(site));
  }
  // One in use stays, however many others come.
  expect(ended).toHaveBeenCalledTimes(501 - 32 + 100);
  ended.mockRestore();
  // A store that somebody holds still works, with a session of its own.
  await lake.of(one).put(key, { body, sha256 });
  await first.remove(key);
  expect(requests.every(({ Tags }) => Tags?.[0]?.Value === '1')).toBe(true);
});

test('a session that ends is renewed with the same tag', async () => {
  const { requests, sts } = mockSts(60);
  const lake = await lakeOf(sts);
  for (let i = 0; i < 3; i++) await lake.of(one).put(key, { body, sha256 });
  expect(requests.length).toBeGreaterThan(1);
  expect(new Set(requests.map(({ Tags }) => Tags?.[0]?.Value))).toEqual(new Set(['1']));
});

test.each(['lake/site=11/day=2026-11-01/0.parquet', 'exports/site-1/x', '', 'lake/site=1', '/lake/site=1/x'])(
  'a store of site 1 refuses the key %p',
  async (foreign) => {
    const { requests, sts } = mockSts();
    const store = (await lakeOf(sts)).of(one);
    const refusal = 'expected a key below lake/site=1/, got';
    expect(() => store.open({ key: foreign, bytes: 1 })).toThrow(refusal);
    await expect(store.put(foreign, { body, sha256 })).rejects.toThrow(refusal);
    await expect(store.remove(foreign)).rejects.toThrow(refusal);
    expect(requests).toEqual([]);
  },
);

test('an object is stored once; its removal can be repeated; an object that is gone fails with its key', async () => {
  const store = (await lakeOf(mockSts().sts)).of(one);
  await store.put(key, { body, sha256 });
  const before = s3.conflicts();
  await store.put(key, { body, sha256 });
  expect(s3.conflicts()).toBe(before + 1);
  await store.remove(key);
  await store.remove(key);
  await expect(store.open({ key, bytes: 10 }).read(0, 4)).rejects.toThrow(
    `${bucket}/${key}: expected bytes 0 to 3, got NoSuchKey; if the object is gone, restore its last version`,
  );
});

test('an object that is shorter than its entry fails with both lengths', async () => {
  const store = (await lakeOf(mockSts().sts)).of(one);
  const short = lakeKey(one, '2026-11-02', sha256);
  await store.put(short, { body, sha256 });
  await expect(store.open({ key: short, bytes: 100 }).read(8, 20)).rejects.toThrow(`${bucket}/${short}: expected 12 bytes from 8, got 2`);
});

test('a session without credentials is an error with the role and the site', async () => {
  const sts = { send: async () => ({ $metadata: {} }) } as unknown as Pick<STSClient, 'send'>;
  await expect((await lakeOf(sts)).of(one).remove(key)).rejects.toThrow(`${role}: expected credentials of a session for site 1, got none`);
});
