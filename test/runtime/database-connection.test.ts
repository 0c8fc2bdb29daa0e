// How connections are made: TLS always checked, a fresh IAM token for each.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientConfig } from '../../runtime/database-connection';

const address = { host: 'db.example', port: 5432, database: 'rempart', user: 'rempart_application', credentials: { password: 'x' } };

test('TLS is on and the certificate checked; off only on this machine', () => {
  expect(clientConfig(address).ssl).toEqual({ rejectUnauthorized: true, minVersion: 'TLSv1.2' });
  expect(() => clientConfig({ ...address, tls: 'off' })).toThrow('database: expected TLS to db.example, got tls off');
  expect(clientConfig({ ...address, host: '127.0.0.1', tls: 'off' }).ssl).toBe(false);
  const folder = mkdtempSync(join(tmpdir(), 'rempart-ca-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, 'certificates');
  expect(clientConfig({ ...address, caFile }).ssl).toMatchObject({ ca: 'certificates', rejectUnauthorized: true });
  rmSync(folder, { recursive: true });
});

test('an IAM token is made for this host and role at each connection', async () => {
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  const { password } = clientConfig({ ...address, credentials: { iam: { region: 'eu-west-3' } } });
  if (typeof password !== 'function') throw new Error('expected a function');
  const token = await password();
  expect(token).toMatch(/^db\.example:5432\/\?.*DBUser=rempart_application/);
  expect(token).toMatch(/X-Amz-Expires=900/);
});
