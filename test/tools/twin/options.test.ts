// The twin's flags: the allowed values of each, and the error for any other.
import { readTwinOptions, twinUsage } from '../../../tools/twin/options';

const seed = () => 42;

test('without flags the twin runs without traffic, in a temporary folder, on free ports, until it is stopped', () => {
  expect(readTwinOptions({}, seed)).toEqual({
    folder: undefined,
    keep: false,
    port: 0,
    collectorPort: 0,
    traffic: 0,
    chaos: false,
    seed: 42,
    seconds: undefined,
    json: false,
  });
});

test('all flags are read', () => {
  const values = {
    folder: '/x',
    keep: true,
    port: '8000',
    'collector-port': '8001',
    'batch-seconds': '2',
    traffic: '500',
    chaos: true,
    seed: '7',
    seconds: '60',
  };
  expect(readTwinOptions(values, seed)).toMatchObject({
    folder: '/x',
    port: 8000,
    collectorPort: 8001,
    batchSeconds: 2,
    traffic: 500,
    seed: 7,
    seconds: 60,
  });
});

test('chaos has traffic by default', () => {
  expect(readTwinOptions({ chaos: true }, seed).traffic).toBe(200);
  expect(readTwinOptions({ chaos: true, traffic: '10' }, seed).traffic).toBe(10);
});

test.each([
  [{ traffic: '0' }, '--traffic: expected a whole number from 1 to 5000, got "0"'],
  [{ traffic: '5001' }, '--traffic'],
  [{ traffic: '1e3' }, '--traffic'],
  [{ traffic: '' }, '--traffic'],
  [{ port: '65536' }, '--port: expected a whole number from 0 to 65535, got "65536"'],
  [{ port: '-1' }, '--port'],
  [{ 'collector-port': 'any' }, '--collector-port'],
  [{ 'batch-seconds': '0' }, '--batch-seconds'],
  [{ seed: '2147483648' }, '--seed'],
  [{ seconds: '0' }, '--seconds'],
  [{ folder: '' }, '--folder: expected a path, got ""'],
])('%j is refused', (values, message) => {
  expect(() => readTwinOptions(values, seed)).toThrow(message);
});

test('--help names every flag', () => {
  for (const flag of [
    '--folder',
    '--keep',
    '--port',
    '--collector-port',
    '--batch-seconds',
    '--traffic',
    '--chaos',
    '--seed',
    '--seconds',
    '--json',
    '--help',
  ])
    expect(twinUsage).toContain(`${flag} `);
});
