// The disk that a run brings along: names of the region's stores, the certificate under which they answer, and the way
// to them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '../../command-line';
import { seedFolder } from './image-files';

export interface SeedOptions {
  /** Names of the region's stores. */
  readonly names: readonly string[];
  /** PEM. */
  readonly certificate: string;
  /** Ports on the loopback of this machine. */
  readonly metadataPort: number;
  readonly storesPort: number;
  /** Times that `dnf` meets RPM's lock. */
  readonly dnfRefusals: number;
}

/** This machine's loopback, as qemu shows it to a server ("user mode network stack"). */
const gateway = '10.0.2.2';

/** Writes the disk; the server mounts it by its label. */
export function writeSeed(folder: string, disk: string, options: SeedOptions): void {
  const root = join(folder, 'seed');
  mkdirSync(root, { recursive: true });
  for (const [name, text] of Object.entries(seedFiles(options))) writeFileSync(join(root, name), text);
  const { status, stderr } = spawnSync('mke2fs', ['-q', '-F', '-t', 'ext4', '-L', 'prove', '-d', root, disk, '16M'], { encoding: 'utf8' });
  if (status !== 0) throw new ToolError(`mke2fs: expected it to write the seed of a run, got status ${status}: ${stderr}`);
  rmSync(root, { recursive: true });
}

function seedFiles({ names, certificate, metadataPort, storesPort, dnfRefusals }: SeedOptions): Readonly<Record<string, string>> {
  return {
    hosts: `127.0.0.1 localhost prove\n${names.map((name) => `${gateway} ${name}\n`).join('')}`,
    'region.pem': certificate,
    'dnf-refusals': `${dnfRefusals}\n`,
    rules: `table ip prove {
  chain output {
    type nat hook output priority -100;
    ip daddr 169.254.169.254 tcp dport 80 dnat to ${gateway}:${metadataPort}
    ip daddr ${gateway} tcp dport 443 dnat to ${gateway}:${storesPort}
  }
}
`,
    setup: `set -eu
cp ${seedFolder}/hosts /etc/hosts
store=/etc/ssl/certs/ca-certificates.crt
if ! grep -qF "$(sed -n 2p ${seedFolder}/region.pem)" "$store"; then cat ${seedFolder}/region.pem >>"$store"; fi
nft --file ${seedFolder}/rules
`,
  };
}
