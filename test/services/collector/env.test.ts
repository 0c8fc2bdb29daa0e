// The environment contract of the collector.
import { readEnvironment } from '../../../services/collector/env';

const least = {
  SPOOL_FOLDER: '/var/spool/collector',
  STREAM_NAME: 'production-hits',
  AWS_REGION: 'eu-west-3',
  SITES_SOURCE: 's3://production-sites/sites.json',
  KEYS_SOURCE: 'secretsmanager:production/sites',
};

test('unset variables have defaults', () => {
  expect(readEnvironment({ ...least, ANOTHER: 'x' })).toEqual({
    host: '0.0.0.0',
    port: 8080,
    spoolFolder: '/var/spool/collector',
    spoolLimitBytes: 8 * 1024 ** 3,
    commitDelayMilliseconds: 5,
    durable: true,
    streamName: 'production-hits',
    streamEndpoint: undefined,
    region: 'eu-west-3',
    sitesSource: 's3://production-sites/sites.json',
    keysSource: 'secretsmanager:production/sites',
    refreshSeconds: 15,
    clientAddress: 'x-forwarded-for',
    arrayFolder: undefined,
    stopSeconds: 60,
    metricsNamespace: undefined,
    metricsGroup: undefined,
  });
});

test('all variables can be set', () => {
  const all = {
    ...least,
    ...{ HOST: '127.0.0.1', PORT: '0', SPOOL_LIMIT_BYTES: '1000000', COMMIT_DELAY_MS: '0', DURABLE: 'off' },
    ...{ STREAM_ENDPOINT: 'http://127.0.0.1:4567', SITES_SOURCE: 'file:///tmp/sites.json', KEYS_SOURCE: 'file:///tmp/keys' },
    ...{ REFRESH_SECONDS: '1', CLIENT_ADDRESS: 'peer', ARRAY_FOLDER: '/sys/block/md127/md', STOP_SECONDS: '5' },
    ...{ METRICS_NAMESPACE: 'Rempart/production', METRICS_GROUP: 'production-collectors' },
  };
  expect(readEnvironment(all)).toMatchObject({
    ...{ host: '127.0.0.1', port: 0, spoolLimitBytes: 1_000_000, commitDelayMilliseconds: 0, durable: false },
    ...{ streamEndpoint: 'http://127.0.0.1:4567', sitesSource: 'file:///tmp/sites.json', keysSource: 'file:///tmp/keys' },
    ...{ refreshSeconds: 1, clientAddress: 'peer', arrayFolder: '/sys/block/md127/md', stopSeconds: 5 },
    ...{ metricsNamespace: 'Rempart/production', metricsGroup: 'production-collectors' },
  });
});

test.each([
  ['HOST', 'a b'],
  ['PORT', '65536'],
  ['SPOOL_FOLDER', 'spool'],
  ['SPOOL_LIMIT_BYTES', '8 GiB'],
  ['COMMIT_DELAY_MS', '101'],
  ['DURABLE', 'no'],
  ['STREAM_NAME', 'a/b'],
  // Anywhere else hits would go over the network in clear.
  ['STREAM_ENDPOINT', 'http://stream.example:80'],
  ['AWS_REGION', 'Paris'],
  ['SITES_SOURCE', 'https://example.com/sites.json'],
  ['KEYS_SOURCE', 'keys'],
  ['REFRESH_SECONDS', '0'],
  ['CLIENT_ADDRESS', 'x-real-ip'],
  ['ARRAY_FOLDER', 'md'],
  ['STOP_SECONDS', '-1'],
  ['METRICS_NAMESPACE', 'a b'],
  ['METRICS_GROUP', 'a b'],
])('%s cannot be %s', (variable, value) => {
  expect(() => readEnvironment({ ...least, [variable]: value })).toThrow(new RegExp(`^${variable}: expected .+, got ".+"; set it`));
});

test('one error names all missing variables', () => {
  const missing = () => readEnvironment({});
  for (const variable of Object.keys(least)) expect(missing).toThrow(`${variable}: expected`);
});
