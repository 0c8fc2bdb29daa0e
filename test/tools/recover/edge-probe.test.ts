// The probe of the edge, with a real server: certificate, name and headers as a client sees them.
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSignedCertificate } from '../../../lambda/edge/certificate/self-signed';
import { probeEdge } from '../../../tools/recover/edge-probe';

const name = 'collect.example.com';
let server: Server;
let request: Parameters<typeof probeEdge>[0];
const seen: string[] = [];

beforeAll(async () => {
  const { certificate: cert, privateKey: key } = await selfSignedCertificate(name, new Date());
  const SNICallback = (asked: string, done: (error: Error | null) => void): void => {
    seen.push(asked);
    done(null);
  };
  server = createServer({ cert, key, SNICallback }, ({ headers, url }, response) => {
    seen.push(`${headers.host}${url}`);
    response.writeHead(200, { 'X-Content-Type-Options': 'nosniff' }).end('ok');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  request = { balancer: '127.0.0.1', name, path: '/health', port: (server.address() as AddressInfo).port, ca: String(cert) };
});
afterAll(() => new Promise((done) => server.close(done)));

test('the address of the balancer is asked for the name, by SNI and by host', async () => {
  expect(await probeEdge(request)).toMatchObject({
    ...{ address: '127.0.0.1', status: 200 },
    headers: { 'x-content-type-options': 'nosniff' },
  });
  expect(seen).toEqual([name, `${name}/health`]);
});

test('a certificate of another name, of an unknown authority, and a closed port are faults', async () => {
  await expect(probeEdge({ ...request, name: 'other.example.com' })).rejects.toThrow(/altnames|does not match/i);
  const { ca: _ca, ...unknown } = request;
  await expect(probeEdge(unknown)).rejects.toThrow(/self.signed/i);
  await expect(probeEdge({ ...request, port: 1 })).rejects.toThrow('ECONNREFUSED');
});
