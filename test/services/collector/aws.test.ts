// The clients of the collector: the Date of every response is compared, and expired credentials are read again.
import { createServer, type Server } from 'node:http';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { DatedRequests, withRenewal } from '../../../services/collector/aws';
import { Clock } from '../../../services/collector/clock/clock';

let server: Server;
/** The next answers: status, error and seconds by which their Date is ahead. */
let answers: (readonly [status: number, error: string, ahead: number])[] = [];
let port = 0;
const keys: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    keys.push(/Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    const [status, error, ahead] = answers.shift() ?? [200, '', 0];
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.1',
      date: new Date(Date.now() + ahead * 1000).toUTCString(),
    });
    request.resume().on('end', () => response.end(status === 200 ? '{"Records":[]}' : JSON.stringify({ __type: error })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  keys.length = 0;
});

function setUp() {
  let read = 0;
  const clock = new Clock(() => undefined);
  const client = withRenewal(
    new KinesisClient({
      ...{ region: 'eu-west-3', endpoint: `http://127.0.0.1:${port}`, maxAttempts: 1, requestHandler: new DatedRequests(clock) },
      // Their expiry is hours away by a clock that was set back.
      credentials: async () => ({
        ...{ accessKeyId: `KEY${++read}`, secretAccessKey: 'none', sessionToken: 'none' },
        expiration: new Date(Date.now() + 7_200_000),
      }),
    }),
  );
  const put = () => client.send(new PutRecordsCommand({ StreamName: 's', Records: [] }));
  return { clock, put };
}

test.each([
  ['an answer', 200],
  ['an error', 400],
])('the Date of %s is compared', async (_, status) => {
  const { clock, put } = setUp();
  answers = [[status, 'ValidationException', 3600]];
  await put().catch(() => undefined);
  expect(Math.round(clock.offset / 60_000)).toBe(-60);
});

test('after ExpiredTokenException the next call has new credentials, whatever the clock shows', async () => {
  const { put } = setUp();
  await put();
  answers = [[400, 'ExpiredTokenException', 0]];
  await expect(put()).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  await put();
  expect(keys).toEqual(['KEY1', 'KEY1', 'KEY2']);
});

test('another error keeps the credentials', async () => {
  const { put } = setUp();
  answers = [[400, 'ValidationException', 0]];
  await expect(put()).rejects.toMatchObject({ name: 'ValidationException' });
  await put();
  expect(keys).toEqual(['KEY1', 'KEY1']);
});
