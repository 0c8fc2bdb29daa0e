// Requests of the archive bucket to S3 (the SDK's serialization over a mocked network).
import { createHash } from 'node:crypto';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { putWithChecksum, S3Archive } from '../../runtime/archive';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function archive(statusCode = 200): { archive: S3Archive; sent: Sent[] } {
  const sent: Sent[] = [];
  const requestHandler = {
    async handle(request: Sent) {
      sent.push(request);
      return { response: { statusCode, headers: {}, body: undefined, reason: '' } };
    },
  };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3Client({ region: 'eu-west-3', credentials, requestHandler, maxAttempts: 1 } as unknown as S3ClientConfig);
  return { archive: new S3Archive(client, 'exports'), sent };
}

test('a file and its checksum are stored once each, with a digest that S3 verifies', async () => {
  const { archive: bucket, sent } = archive();
  const body = Buffer.from('{"a":1}\n');
  const digest = createHash('sha256').update(body).digest();
  expect(await putWithChecksum(bucket, 'exports/x.jsonl', body, 'application/jsonl')).toBe(digest.toString('hex'));
  expect(sent.map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT /exports/x.jsonl', 'PUT /exports/x.jsonl.sha256']);
  expect(sent[0]?.headers).toMatchObject({
    'x-amz-checksum-sha256': digest.toString('base64'),
    'if-none-match': '*',
    'content-type': 'application/jsonl',
  });
  expect(sent[1]?.body.toString()).toBe(`${digest.toString('hex')}  x.jsonl\n`);
});

test('an existing object and an incomplete upload are errors', async () => {
  await expect(putWithChecksum(archive(412).archive, 'x', Buffer.from(''), 'text/plain')).rejects.toThrow();
  await expect(putWithChecksum(archive(400).archive, 'x', Buffer.from(''), 'text/plain')).rejects.toThrow();
});
