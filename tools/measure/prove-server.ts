// npm run prove:server: boots a collector server in an emulator with the units that the launch template delivers, and
// takes power and disks away.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../command-line';
import { differences, differencesText } from './prove-server/differences';
import { missingHere, optionsOf } from './prove-server/options';
import { holds, type Proof, prove } from './prove-server/prove';

const usage = `npm run prove:server [-- options]

Boots a collector server in qemu, in software emulation: a Debian image with two blank disks, which runs the user data of the
synthesized launch template, and with it the real units and scripts of services/collector/host and the bundled collector. The metadata
service and the region's stores are stand-ins on 127.0.0.1. Proves that the mirror is created, hits survive a power cut, a lost disk
is reported, a server is drained before it terminates, and a server whose boot fails is terminated at once.

Takes 20 minutes of processor time, measured as 38 minutes on two busy cores. The first run includes 3 minutes to build the image.
Needs root, and Debian or Ubuntu with qemu-system-x86, mmdebstrap and e2fsprogs. Exit code 0 if everything holds, 1 if not, 2 for wrong
options, 3 if it cannot run on this machine.

  --folder DIR     folder of the image and the runs (default ${join('<temporary folder>', 'rempart-prove-server')})
  --kvm            use KVM, the virtualization of this machine's processor, instead of software emulation
  --keep           keep the folder of the run, with its disks and its console; the folder of a failed run is always kept
  --differences    print the differences from a server of the fleet, and stop
  --json           print one JSON object instead of text
  --help           print this text`;

const options = {
  folder: { type: 'string', default: join(tmpdir(), 'rempart-prove-server') },
  kvm: { type: 'boolean' },
  keep: { type: 'boolean' },
  differences: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

function text({ steps, seconds, refused, folders }: Proof): string {
  const lines = steps.flatMap(({ name, proves, seconds: took, seen, failure }) => [
    `${failure === undefined ? 'holds ' : 'BROKEN'} ${name.padEnd(12)} ${String(took).padStart(5)} s  ${proves}`,
    ...[...seen, ...(failure === undefined ? [] : [failure])].map((line) => `       ${line}`),
  ]);
  const others = refused.map(
    (call) => `BROKEN expected no other call, got ${call}; add a stand-in to tools/measure/prove-server/region.ts`,
  );
  return [
    ...lines,
    ...others,
    `took ${seconds} s`,
    ...folders.map((folder) => `kept ${folder}`),
    '',
    'How it differs from the fleet:',
    differencesText(),
  ].join('\n');
}

runTool({ usage, options }, async (values) => {
  if (values.differences) {
    console.log(values.json ? JSON.stringify(differences) : differencesText());
    return 0;
  }
  const plan = { ...optionsOf(values), say: (line: string) => console.error(line) };
  const missing = missingHere();
  if (missing.length > 0) {
    console.error(
      `prove:server: not run: expected ${missing.join(', ')}; apt-get install qemu-system-x86 mmdebstrap e2fsprogs, and run it as root`,
    );
    return 3;
  }
  const proof = await prove(plan);
  console.log(values.json ? JSON.stringify({ ...proof, holds: holds(proof), differences }) : text(proof));
  return holds(proof) ? 0 : 1;
});
