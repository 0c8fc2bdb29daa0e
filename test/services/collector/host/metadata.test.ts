// The real curl asks a metadata service that fails at first.
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hostFolder } from './machine';

const run = promisify(execFile);
let service: Server;
/** Statuses that are answered before the right one. */
let failures: number[];
const asked: string[] = [];

beforeAll((done) => {
  service = createServer(({ method, url, headers }, answer) => {
    asked.push(`${method} ${url}`);
    const known = method === 'PUT' || headers['x-aws-ec2-metadata-token'] === 'token';
    const status = failures.shift() ?? (known ? 200 : 401);
    answer.writeHead(status).end(method === 'PUT' ? 'token' : 'i-0a1b');
  }).listen(0, '127.0.0.1', done);
});
afterAll((done) => {
  service.close(done);
});
beforeEach(() => {
  asked.length = 0;
});

const ask = () => {
  const { port } = service.address() as AddressInfo;
  const script = `. ${join(hostFolder, 'metadata.sh')}; metadata_address=http://127.0.0.1:${port}; metadata instance-id`;
  return run('/bin/bash', ['-c', script]);
};

test.each([
  ['that throttles', [503]],
  ['that fails for the token and for the value', [500, 200, 503]],
])('asks a service again %s', async (_, statuses) => {
  failures = statuses;
  expect((await ask()).stdout).toBe('i-0a1b');
});

test('does not retry for an item that does not exist', async () => {
  failures = [200, 404];
  await expect(ask()).rejects.toThrow();
  expect(asked).toEqual(['PUT /api/token', 'GET /meta-data/instance-id']);
});
