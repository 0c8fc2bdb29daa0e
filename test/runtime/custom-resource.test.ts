// Custom resources: CloudFormation gets exactly one answer in any case, over real HTTP.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerCloudFormation, type CustomResourceEvent, type InvocationContext } from '../../runtime/custom-resource';

interface Received {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

let server: Server;
let url: string;
const received: Received[] = [];
/** Status codes that the server answers with, one a request; 200 when there are no more. */
let statuses: number[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ method: request.method, headers: request.headers, body: JSON.parse(body) });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signature=x`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

beforeEach(() => {
  received.length = 0;
  statuses = [];
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});

afterEach(() => jest.restoreAllMocks());

const event = (more: Partial<CustomResourceEvent> = {}): CustomResourceEvent => ({
  RequestType: 'Create',
  ResponseURL: url,
  StackId: 'arn:aws:cloudformation:eu-west-3:111111111111:stack/production-network/1',
  RequestId: 'request',
  LogicalResourceId: 'Emptied',
  ResourceProperties: {},
  ...more,
});

const context = (milliseconds = 60_000): InvocationContext => ({
  awsRequestId: 'invocation',
  logGroupName: '/rempart/production/functions/x',
  getRemainingTimeInMillis: () => milliseconds,
});

test('success sends the attributes and the unchanged id of the resource', async () => {
  await answerCloudFormation(event({ PhysicalResourceId: 'before' }), context(), async () => ({ ingress: 1 }));
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({
    method: 'PUT',
    body: { Status: 'SUCCESS', PhysicalResourceId: 'before', LogicalResourceId: 'Emptied', RequestId: 'request', Data: { ingress: 1 } },
  });
  // The URL is signed for these: anything else is refused by S3.
  expect(received[0]?.headers['content-type'] ?? '').toBe('');
  expect(received[0]?.headers['content-length']).toBeDefined();
  expect(received[0]?.headers['transfer-encoding']).toBeUndefined();
});

test.each([
  ['an error', new Error('refused'), 'refused'],
  ['what is not an error', 'refused', 'refused'],
  ['an error of several', new AggregateError([new Error('no key'), 'late'], 'not recorded'), 'not recorded: no key: late'],
  ['a long error', new Error('x'.repeat(9000)), 'xxx'],
])('%s becomes a failure with the log group and the request', async (_, thrown, message) => {
  await answerCloudFormation(event(), context(), () => Promise.reject(thrown));
  expect(received).toHaveLength(1);
  const { Status, Reason, PhysicalResourceId } = received[0]?.body ?? {};
  expect(Status).toBe('FAILED');
  expect(Reason).toContain(message);
  expect(Reason).toContain('(log group /rempart/production/functions/x, request invocation)');
  expect(String(Reason).length).toBeLessThan(4096);
  expect(PhysicalResourceId).toBe('Emptied');
});

test('a synchronous error becomes a failure', async () => {
  const work = () => {
    throw new Error('at once');
  };
  await answerCloudFormation(event(), context(), work);
  expect(received[0]?.body).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('at once') });
});

test("work without end becomes a failure before the function's timeout", async () => {
  await answerCloudFormation(event(), context(10_050), () => new Promise(() => undefined));
  expect(received).toHaveLength(1);
  expect(received[0]?.body).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('not done after 50 ms') });
});

test('at the time limit the work is aborted before CloudFormation is answered', async () => {
  const order: string[] = [];
  const work = (signal: AbortSignal) =>
    new Promise<never>(() => {
      signal.addEventListener('abort', () => order.push(`${(signal.reason as Error).message}, ${received.length} answers`));
    });
  await answerCloudFormation(event(), context(10_050), work);
  expect(order).toEqual(['not done after 50 ms, 0 answers']);
  expect(received).toHaveLength(1);
});

test('work within its time limit is not aborted', async () => {
  let given: AbortSignal | undefined;
  await answerCloudFormation(event(), context(), async (signal) => {
    given = signal;
    return {};
  });
  expect(given?.aborted).toBe(false);
});

test('a failed answer is sent again', async () => {
  statuses = [503, 500];
  await answerCloudFormation(event(), context(), async () => ({}));
  expect(received.map(({ body }) => body.Status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
});

test('an answer that cannot be sent fails the invocation, and success never becomes failure', async () => {
  statuses = [503, 503, 503];
  await expect(answerCloudFormation(event(), context(), async () => ({}))).rejects.toThrow(
    'the answer could not be sent to CloudFormation',
  );
  expect(received.map(({ body }) => body.Status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
});
