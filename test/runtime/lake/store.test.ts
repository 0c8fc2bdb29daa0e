// The lake in S3: sessions with the tag of one site, whole objects, and errors with the key. STS is a mock; S3 is
// s3rver with the conditions of writes.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { boundedCalls } from '../../../runtime/bounded-calls';
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

test('the client of a site that was not used for 32 others is forgotten; a store that somebody holds still works', async () => {
  const { requests, sts } = mockSts();
  const lake = await lakeOf(sts);
  const first = lake.of(one);
  await first.put(key, { body, sha256 });
  // One in use stays, however many others come.
  for (let site = 100; site < 200; site++) {
    lake.of(siteId(site));
    lake.of(one);
  }
  await lake.of(one).put(key, { body, sha256 });
  expect(requests).toHaveLength(1);
  for (let site = 200; site < 232; site++) lake.of(siteId(site));
  await lake.of(one).put(key, { body, sha256 });
  await first.remove(key);
  expect(requests.map(({ Tags }) => Tags?.[0]?.Value)).toEqual(['1', '1']);
});

test('a session that ends is renewed with the same tag', async () => {
  const { requests, sts } = mockSts(60);
  const lake = await lakeOf(sts);
  for (let i = 0; i < 3; i++) await lake.of(one).put(key, { body, sha256 });
  expect(requests.length).toBeGreaterThan(1);
  expect(new Set(requests.map(({ Tags }) => Tags?.[0]?.Value))).toEqual(new Set(['1']));
});

test.each([
  'lake/site=11/day=2026-11-01/0.parquet',
  'exports/site-1/x',
  '',
  'lake/site=1',
  '/lake/site=1/x',
  'lake/site=1/../site=11/day=2026-11-01/0123456789abcdef.parquet',
  'lake/site=1/day=2026-11-01/../../site=11/day=2026-11-01/0123456789abcdef.parquet',
  'lake/site=1/%2e%2e/site=11/day=2026-11-01/0123456789abcdef.parquet',
  'lake/site=1/day=2026-11-01/0123456789abcdef.parquet?versionId=1',
  'lake/site=1/day=2026-11-01/0123456789abcdef.parquet\n',
])('a store of site 1 refuses the key %p', async (foreign) => {
  const { requests, sts } = mockSts();
  const store = (await lakeOf(sts)).of(one);
  const refusal = 'expected a key below lake/site=1/, got';
  expect(() => store.open({ key: foreign, bytes: 1 })).toThrow(refusal);
  await expect(store.put(foreign, { body, sha256 })).rejects.toThrow(refusal);
  await expect(store.remove(foreign)).rejects.toThrow(refusal);
  expect(requests).toEqual([]);
});

test('an object is stored once; its removal can be repeated; an object that is gone fails with its key', async () => {
  const store = (await lakeOf(mockSts().sts)).of(one);
  await store.put(key, { body, sha256 });
  const before = s3.conflicts();
  await store.put(key, { body, sha256 });
  expect(s3.conflicts()).toBe(before + 1);
  await store.remove(key);
  await store.remove(key);
  await expect(store.open({ key, bytes: 10 }).read(0, 4)).rejects.toThrow(
    `${bucket}/${key}: expected bytes 0 to 3, got NoSuchKey; if the object is gone, see the runbook: A file of the lake is gone`,
  );
});

test('an object that is shorter than its entry fails with both lengths', async () => {
  const store = (await lakeOf(mockSts().sts)).of(one);
  const short = lakeKey(one, '2026-11-02', sha256);
  await store.put(short, { body, sha256 });
  await expect(store.open({ key: short, bytes: 100 }).read(8, 20)).rejects.toThrow(`${bucket}/${short}: expected 12 bytes from 8, got 2`);
});

test('a damaged object under the key is replaced, which S3 answers like an intact one', async () => {
  const damaged = lakeKey(one, '2026-11-03', sha256);
  const answers = [412, 'digest', 200];
  const requests: string[] = [];
  for (const [digest, sent] of [
    ['other', ['PUT if absent', 'HEAD', 'PUT']],
    ['own', ['PUT if absent', 'HEAD']],
  ] as const) {
    requests.length = 0;
    const requestHandler = {
      async handle(request: { method: string; headers: Record<string, string> }) {
        const condition = request.headers['if-none-match'];
        requests.push(`${request.method}${condition === '*' ? ' if absent' : ''}`);
        const answer = answers[requests.length - 1];
        const kept = createHash('sha256')
          .update(digest === 'own' ? body : 'other')
          .digest('base64');
        const code = '<?xml version="1.0"?><Error><Code>PreconditionFailed</Code><Message>no</Message></Error>';
        return {
          response: {
            statusCode: answer === 412 ? 412 : 200,
            headers: answer === 'digest' ? { 'x-amz-checksum-sha256': kept } : {},
            ...{ body: Readable.from([Buffer.from(answer === 412 ? code : '')]), reason: '' },
          },
        };
      },
    } as unknown as NonNullable<S3ClientConfig['requestHandler']>;
    const lake = new S3Lake({ sts: mockSts().sts, role, bucket, client: { region: 'eu-west-3', requestHandler } });
    await lake.of(one).put(damaged, { body, sha256 });
    expect(requests).toEqual(sent);
  }
});

test.each([
  ['after a conflict with another request, the write is repeated', [409, 409, 200], 3, undefined],
  ['after a conflict, an object that another request stored is kept', [409, 412, 200], 3, undefined],
  ['a conflict that lasts is an error', [409, 409, 409, 409, 200], 4, 'ConditionalRequestConflict'],
])('%s', async (_, answers, sent, failure) => {
  const codes: Readonly<Record<number, string>> = { 409: 'ConditionalRequestConflict', 412: 'PreconditionFailed' };
  let writes = 0;
  const requestHandler = {
    async handle() {
      const statusCode = answers[writes++] ?? 500;
      const headers = statusCode === 200 ? { 'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64') } : {};
      const text = statusCode === 200 ? '' : `<?xml version="1.0"?><Error><Code>${codes[statusCode]}</Code><Message>no</Message></Error>`;
      return { response: { statusCode, headers, body: Readable.from([Buffer.from(text)]), reason: '' } };
    },
  } as unknown as NonNullable<S3ClientConfig['requestHandler']>;
  const lake = new S3Lake({ sts: mockSts().sts, role, bucket, client: { region: 'eu-west-3', requestHandler } });
  const outcome = lake.of(one).put(key, { body, sha256 });
  await (failure === undefined ? outcome : expect(outcome).rejects.toMatchObject({ name: failure }));
  expect(writes).toBe(sent);
});

test('the clients of the sites share their connections', async () => {
  let connections = 0;
  const server = createServer((_, response) => void response.writeHead(204).end()).on('connection', () => void connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lake = new S3Lake({ sts: mockSts().sts, role, bucket, client: { region: 'eu-west-3', endpoint, forcePathStyle: true } });
  try {
    for (let id = 1; id <= 20; id++) await lake.of(siteId(id)).remove(lakeKey(siteId(id), '2026-11-01', sha256));
    expect(connections).toBe(1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('a request without an answer ends, however long the server is silent', async () => {
  jest.replaceProperty(boundedCalls, 'requestTimeout', 200);
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { region: 'eu-west-3', endpoint, forcePathStyle: true, maxAttempts: 1 };
  const lake = new S3Lake({ sts: mockSts().sts, role, bucket, client });
  try {
    await expect(lake.of(one).remove(key)).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(lake.of(one).open({ key, bytes: 10 }).read(0, 5)).rejects.toThrow('got TimeoutError');
  } finally {
    server.closeAllConnections();
    server.close();
    jest.restoreAllMocks();
  }
});

test('a session without credentials is an error with the role and the site', async () => {
  const sts = { send: async () => ({ $metadata: {} }) } as unknown as Pick<STSClient, 'send'>;
  await expect((await lakeOf(sts)).of(one).remove(key)).rejects.toThrow(`${role}: expected credentials of a session for site 1, got none`);
});
