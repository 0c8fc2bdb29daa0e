// The state of the array, from the kernel's files.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArrayState } from '../../../../services/collector/spool/array';

const folder = mkdtempSync(join(tmpdir(), 'rempart-array-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['active', '0', '2', 'whole'],
  ['clean', '0', '2', 'whole'],
  ['active-idle', '0', '4', 'whole'],
  ['write-pending', '0', '2', 'whole'],
  ['read-auto', '0', '2', 'whole'],
  ['clean', '1', '2', 'degraded'],
  ['active', '2', '4', 'degraded'],
  ['active', '2', '2', 'unusable'],
  ['clear', '0', '2', 'unusable'],
  ['inactive', '0', '2', 'unusable'],
  ['suspended', '0', '2', 'unusable'],
  ['readonly', '0', '2', 'unusable'],
  ['broken', '1', '2', 'unusable'],
  ['active', '', '', 'unusable'],
])('array_state %s, degraded %s of %s is %s', async (state, degraded, disks, expected) => {
  for (const [file, text] of Object.entries({ array_state: state, degraded, raid_disks: disks }))
    writeFileSync(join(folder, file), `${text}\n`);
  expect(await readArrayState(folder)).toBe(expected);
});

test('a missing array is unusable', async () => expect(await readArrayState(join(folder, 'none'))).toBe('unusable'));
