// Requests of reads and conditional writes to S3 (the SDK's serialization over a mocked network).
import { Readable } from 'node:stream';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { S3Objects } from '../../runtime/object-store';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

function bucket(statusCode: number, text = '', headers: Record<string, string> = {}): { objects: S3Objects; sent: Sent[] } {
  const sent: Sent[] = [];
  const requestHandler = {
    async handle(request: Sent) {
      sent.push(request);
      return { response: { statusCode, headers, body: Readable.from([Buffer.from(text)]), reason: '' } };
    },
  };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3Client({ region: 'eu-west-3', credentials, requestHandler, maxAttempts: 1 } as unknown as S3ClientConfig);
  return { objects: new S3Objects(client, 'settings'), sent };
}

const error = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`;
const known = { text: 'old', version: '"1"' };

test('an object is read with its version', async () => {
  const { objects, sent } = bucket(200, 'ü', { etag: '"7"' });
  expect(await objects.read('sites.json')).toEqual({ text: 'ü', version: '"7"' });
  expect(sent).toMatchObject([{ method: 'GET', path: '/sites.json' }]);
});

test('a missing object is undefined; a denied read is an error', async () => {
  expect(await bucket(404, error('NoSuchKey')).objects.read('x')).toBeUndefined();
  await expect(bucket(403, error('AccessDenied')).objects.read('x')).rejects.toThrow();
  await expect(bucket(200, 'x').objects.read('x')).rejects.toThrow('expected an object with an ETag');
});

test('a new object is written only if none exists, a changed one only over the version that was read', async () => {
  const fresh = bucket(200);
  expect(await fresh.objects.write('a', '{}', 'application/json', undefined)).toBe(true);
  expect(fresh.sent[0]).toMatchObject({ method: 'PUT', path: '/a', headers: { 'if-none-match': '*', 'content-type': 'application/json' } });
  expect(fresh.sent[0]?.headers).not.toHaveProperty('if-match');
  const next = bucket(200);
  expect(await next.objects.write('a', '{}', 'application/json', known)).toBe(true);
  expect(next.sent[0]?.headers).toMatchObject({ 'if-match': '"1"' });
  expect(next.sent[0]?.headers).not.toHaveProperty('if-none-match');
});

test.each([
  [412, 'PreconditionFailed'],
  [409, 'ConditionalRequestConflict'],
  [404, 'NoSuchKey'],
])('%i %s is a conflict with another writer', async (status, code) => {
  expect(await bucket(status, error(code)).objects.write('a', '', 'text/plain', known)).toBe(false);
});

test('any other status is an error', async () => {
  await expect(bucket(403, error('AccessDenied')).objects.write('a', '', 'text/plain', known)).rejects.toThrow();
});
