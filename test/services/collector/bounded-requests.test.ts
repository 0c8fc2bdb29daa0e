// Every call to AWS has a time limit, wherever its answer hangs. With a server on this machine and a fiftieth of the
// limits.
import { createServer, type Server, type ServerResponse } from 'node:http';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { boundedRequests } from '../../../services/collector/bounded-requests';

process.env.AWS_ACCESS_KEY_ID = 'none';
process.env.AWS_SECRET_ACCESS_KEY = 'none';

const scaled = Object.fromEntries(
  Object.entries(boundedRequests).map(([name, value]) => [name, typeof value === 'number' ? value / 50 : value]),
);

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

test.each<[string, (response: ServerResponse) => void]>([
  ['before its head', () => undefined],
  ['in its body', (response) => response.writeHead(200, { 'content-length': '100' }).write('half')],
])('an answer that hangs %s is an error', async (_, stick) => {
  const stuck = createServer((request, response) => void request.resume().on('end', () => stick(response)));
  server = stuck;
  await new Promise<void>((resolve) => stuck.listen(0, '127.0.0.1', resolve));
  const address = stuck.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const client = new S3Client({ region: 'eu-west-3', endpoint, forcePathStyle: true, maxAttempts: 1, requestHandler: scaled });
  const read = async () => (await client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }))).Body?.transformToString();
  const outcome = read().then(
    () => 'answered',
    (error: Error) => error.name,
  );
  const late = new Promise((resolve) => setTimeout(() => resolve('waits without end'), 20_000).unref());
  expect(await Promise.race([outcome, late])).toBe('TimeoutError');
  client.destroy();
});
