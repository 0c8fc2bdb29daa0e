// What the proof gives to its server is what the launch template delivers, whole and unchanged, and the image brings
// none of it.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostTexts } from '../../../../lib/collection/server-files';
import { dataDisks } from '../../../../tools/measure/prove-server/bench';
import { deliveryOf } from '../../../../tools/measure/prove-server/delivery';
import { enabledUnits, imageFiles, maskedUnits } from '../../../../tools/measure/prove-server/image-files';
import { deliveredUnits, runningUnits } from '../../../../tools/measure/prove-server/server-state';
import { synthesized } from '../../../synthesized/synthesized';

const production = synthesized('production');
const delivery = deliveryOf(production.folder, production.stacks);
const hostFolder = join(__dirname, '../../../../services/collector/host');
const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

test('every file is the one of services/collector/host, by the checksum of the launch template, and the program', () => {
  const texts = hostTexts();
  expect(delivery.files.map(({ name }) => name)).toEqual([...Object.keys(texts), 'collector.cjs']);
  for (const { name, sha256: checksum, content } of delivery.files) {
    expect([name, sha256(content)]).toEqual([name, checksum]);
    if (name !== 'collector.cjs') expect(content.toString()).toBe(texts[name]);
  }
});

test('the units are those of the folder, each to run or to be run by its timer', () => {
  const units = readdirSync(hostFolder).filter((name) => /\.(service|timer)$/.test(name));
  expect(deliveredUnits(delivery)).toEqual(units.sort());
  const byTimers = ['array-watch.service', 'packages.service', 'patches.service'];
  expect(runningUnits(delivery)).toEqual(units.filter((unit) => !byTimers.includes(unit)));
});

test('the image has no file that the user data brings, and none of its units by name', () => {
  const brought = delivery.files.map(({ name }) => name);
  const paths = Object.keys(imageFiles);
  for (const name of brought) expect(paths.filter((path) => path.endsWith(`/${name}`))).toEqual([]);
  expect([...enabledUnits, ...maskedUnits].filter((unit) => brought.includes(unit))).toEqual([]);
  expect(paths.filter((path) => path.startsWith('/opt/rempart') || path.startsWith('/etc/rempart'))).toEqual([]);
});

test('references have names in their place, and the settings are those of the template', () => {
  expect(delivery.userData).not.toMatch(/\[object|Fn::|\$\{AWS|\$\{Token/);
  expect(delivery.userData).toContain(readFileSync(join(hostFolder, 'fetch.sh'), 'utf8').trimEnd());
  expect(delivery.region).toBe('eu-west-3');
  expect(dataDisks(delivery)).toEqual(['sdf', 'sdg']);
  for (const { bucket } of delivery.files) expect(bucket).toBe('cdk-hnb659fds-assets-111111111111-eu-west-3');
  expect(delivery.settings.get('SITES_SOURCE')).toMatch(/^s3:\/\/prove-[a-z0-9-]+\/sites\.json$/);
  expect(delivery.settings.get('STREAM_NAME')).toMatch(/^prove-[a-z0-9-]+$/);
});

test('an assembly without a launch template is refused', () => {
  expect(() => deliveryOf('folder', [])).toThrow('folder: expected one AWS::EC2::LaunchTemplate with user data, got 0');
});
