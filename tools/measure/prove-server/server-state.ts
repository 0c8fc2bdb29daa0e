// The state of the server, read by its shell and compared with what it should be.
import type { Bench } from './bench';
import type { Delivery } from './delivery';

/** The units that the launch template delivers. */
export const deliveredUnits = ({ files }: Delivery): readonly string[] =>
  files.map(({ name }) => name).filter((name) => /\.(service|timer)$/.test(name));

/** Delivered units that run all the time; the others run once, or when their timer elapses. */
export const runningUnits = (delivery: Delivery): readonly string[] => {
  const units = deliveredUnits(delivery);
  return units.filter((unit) => !units.includes(unit.replace('.service', '.timer')) || unit.endsWith('.timer'));
};

/** A command's output. @throws Error where the command fails */
export async function read(bench: Bench, command: string): Promise<string> {
  const { status, output } = await bench.machine.ask(command);
  if (status !== 0) throw new Error(`server: expected \`${command}\` to succeed, got status ${status}: ${output}`);
  return output;
}

/** @throws Error where the text does not match */
export function demand(what: string, text: string, pattern: RegExp): string {
  if (!pattern.test(text)) throw new Error(`${what}: expected ${pattern}, got ${JSON.stringify(text)}`);
  return text;
}

/** Every file and unit on the server is the delivered one, and no other is there. */
export async function sameAsDelivered(bench: Bench): Promise<string> {
  const { files } = bench.delivery;
  const units = deliveredUnits(bench.delivery);
  const wanted = files.map(({ name, sha256 }) => `${sha256}  ${name}`);
  const found = await read(bench, 'cd /opt/rempart && sha256sum *');
  demandSame('/opt/rempart', found.split('\n'), wanted);
  const installed = await read(bench, `cd /etc/systemd/system && sha256sum ${units.join(' ')}`);
  demandSame(
    '/etc/systemd/system',
    installed.split('\n'),
    wanted.filter((line) => units.some((unit) => line.endsWith(` ${unit}`))),
  );
  return `${files.length} files, of them ${units.length} units, are those of the launch template`;
}

function demandSame(where: string, found: readonly string[], wanted: readonly string[]): void {
  const [is, should] = [[...found].sort().join('\n'), [...wanted].sort().join('\n')];
  if (is !== should) throw new Error(`${where}: expected\n${should}\ngot\n${is}`);
}

/** Every delivered unit does what it should, and no unit of the server has failed. */
export async function unitsAreWell(bench: Bench): Promise<string> {
  const units = runningUnits(bench.delivery);
  const states = await read(bench, `systemctl is-active ${units.join(' ')} || true`);
  for (const [index, state] of states.split('\n').entries()) demand(units[index] ?? '', state, /^active$/);
  demand('failed units', await read(bench, 'systemctl --failed --plain --no-legend'), /^$/);
  return `${units.join(', ')}: active; no unit failed`;
}

/** The spool is on a mirror of so many disks, of two. */
export async function mirrorHas(bench: Bench, disks: 1 | 2): Promise<string> {
  const state = await read(bench, 'cat /proc/mdstat');
  demand('/proc/mdstat', state, disks === 2 ? /raid1[\s\S]*\[2\/2\] \[UU\][\s\S]*bitmap/ : /raid1[\s\S]*\[2\/1\] \[(U_|_U)\]/);
  const mount = await read(bench, `findmnt --noheadings --output SOURCE,FSTYPE,OPTIONS ${bench.delivery.settings.get('SPOOL_FOLDER')}`);
  demand('spool', mount, /^\/dev\/md\S+ +xfs +rw,nosuid,nodev,noexec,noatime/);
  return `spool on ${mount.replaceAll(/ +/g, ' ').split(',')[0]}, ${disks} of 2 disks`;
}
