// The deployed bundle of log-redaction, as the queue and its schedule call it; S3 is a mock.
import { gunzipSync, gzipSync } from 'node:zlib';
import { deployedFunctionTimeLimit } from '../../../time-limits';
import { declaredActions } from '../../declared-calls';
import { type Surroundings, surround } from '../../deployed/surroundings';
import { accessLine } from './log-lines';

jest.setTimeout(deployedFunctionTimeLimit);

const variables = { LANDING_BUCKET: 'landing', LOG_BUCKET: 'edge-logs', COLLECTION_PATHS: '/hit.gif,/hit,/hits' };
const key = (name: string) => `access/AWSLogs/111111111111/elasticloadbalancing/eu-west-3/2026/11/29/${name}.log.gz`;
const message = (name: string) => ({
  messageId: name,
  body: JSON.stringify({ detail: { bucket: { name: 'landing' }, object: { key: key(name) } } }),
});

let around: Surroundings;
beforeAll(async () => {
  // No function of this file has a database.
  around = await surround(1);
});
afterAll(() => around.close());

const land = (name: string) => around.aws.objects.set(`landing/${key(name)}`, gzipSync(`${accessLine()}\n`));
const objects = () => [...around.aws.objects.keys()].sort();
const stored = (name: string) => ['pseudonymous', 'whole'].map((kind) => `edge-logs/${kind}/${key(name)}`);

test('redacts the objects of messages, and removes them', async () => {
  land('a+b c');
  const instance = await around.start('log-redaction', variables);
  expect(await instance.invoke({ Records: [message('a+b c'), message('gone')] }, 300_000)).toEqual({ batchItemFailures: [] });
  expect(objects()).toEqual(stored('a+b c'));
  const [line = ''] = gunzipSync(around.aws.objects.get(`edge-logs/pseudonymous/${key('a+b c')}`) ?? '')
    .toString()
    .split('\n');
  expect(line).toContain(' 203.0.113.0:0 ');
  expect(line).not.toContain('visitor=ann');
});

test('sweeps the landing bucket at any other event', async () => {
  around.aws.objects.clear();
  land('lost');
  const instance = await around.start('log-redaction', variables);
  // Objects of the mock are from the first day of 2026.
  expect(await instance.invoke({}, 300_000)).toMatchObject({ counts: { objects: 1 }, oldestRawSeconds: 0 });
  expect(objects()).toEqual(stored('lost'));
});

test('leaves an object whose time has run out', async () => {
  around.aws.objects.clear();
  land('late');
  const instance = await around.start('log-redaction', variables);
  expect(await instance.invoke({ Records: [message('late')] }, 60_000)).toEqual({ batchItemFailures: [{ itemIdentifier: 'late' }] });
  expect(objects()).toEqual([`landing/${key('late')}`]);
});

test('does not start without a variable', async () => {
  await expect(around.start('log-redaction', { ...variables, LOG_BUCKET: '' })).rejects.toThrow('LOG_BUCKET: expected');
  await expect(around.start('log-redaction', { ...variables, COLLECTION_PATHS: 'hit' })).rejects.toThrow('COLLECTION_PATHS: expected');
});

test('makes the calls that its contract declares, and no others', () => {
  expect(around.calls()).toEqual(declaredActions('log-redaction'));
});
