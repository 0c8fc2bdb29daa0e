// A machine for the scripts of services/collector/host: a folder in place of its root, and stubs in place of the
// commands that would change the real one. A stub notes how it was called and does what the test says.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const hostFolder = join(__dirname, '../../../../services/collector/host');

/** What the construct tells a server of two disks (lib/collection/collectors.ts). */
const hostSettings = `GROUP=example-collectors
LAUNCH_HOOK=ready
TERMINATION_HOOK=drained
NAMESPACE=Rempart/example
DISKS="sdf sdg"
HEALTH_URL=http://127.0.0.1:8080/health
DRAIN_SECONDS=3600
`;

export interface Run {
  readonly status: number | null;
  readonly output: string;
  /** Stubs called in this run, in order, as `name arguments`. */
  readonly calls: readonly string[];
}

/** @param commands body of each stub, in bash; `$root` is the root of the machine */
export class Machine {
  readonly root = mkdtempSync(join(tmpdir(), 'rempart-host-'));
  private readonly bin = join(this.root, '.stubs');
  private readonly log = join(this.root, '.calls');

  constructor(commands: Readonly<Record<string, string>>) {
    mkdirSync(this.bin);
    for (const [name, body] of Object.entries({ sleep: '', ...commands })) this.stub(name, body);
    this.write('etc/rempart/host.env', `${hostSettings}SPOOL_FOLDER=${join(this.root, 'var/spool/collector')}\n`);
    this.write('etc/fstab', '');
    for (const folder of ['opt/rempart', 'etc/systemd/system', 'etc/logrotate.d', 'dev', 'var/lib/rempart']) this.folder(folder);
    this.write('opt/rempart/metadata.sh', readFileSync(join(hostFolder, 'metadata.sh'), 'utf8'));
  }

  /** Puts a command in place of the real one, or of an earlier stub. */
  stub(name: string, body: string): void {
    const path = join(this.bin, name);
    writeFileSync(path, `#!/bin/bash\nroot=${this.root}\nprintf '%s\\n' "${name} $*" >>"$root/.calls"\n${body}\n`);
    chmodSync(path, 0o755);
  }

  /** Puts a stub where a script calls it by its path. */
  link(path: string, stub: string): void {
    rmSync(join(this.root, path), { force: true });
    symlinkSync(join(this.bin, stub), join(this.root, path));
  }

  folder(path: string): void {
    mkdirSync(join(this.root, path), { recursive: true });
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Runs a script, by its path, with these variables besides, and these arguments. */
  run(script: string, variables: Readonly<Record<string, string>> = {}, args: readonly string[] = []): Run {
    writeFileSync(this.log, '');
    const { status, stdout, stderr } = spawnSync('/bin/bash', [script, ...args], {
      env: { PATH: `${this.bin}:/usr/bin:/bin:/usr/sbin:/sbin`, LC_ALL: 'C', REMPART_ROOT: this.root, ...variables },
      encoding: 'utf8',
      timeout: 60_000,
    });
    const calls = readFileSync(this.log, 'utf8').replaceAll(this.root, '').split('\n').filter(Boolean);
    return { status, output: `${stdout}${stderr}`.replaceAll(this.root, ''), calls };
  }

  /** Removes a file, or the whole machine. */
  remove(path = ''): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }
}

/** Stubs of the metadata service and of the collector's health, which say what stands in files of the machine. */
export const metadata = `
case "$*" in
  *api/token*) echo token ;;
  *meta-data/*) [[ "$*" == *'X-aws-ec2-metadata-token: token'* ]] && cat "$root/metadata/\${@: -1:1}" 2>/dev/null | head -n 1 | grep . ;;
  */health*) [[ -e "$root/healthy" ]] ;;
  *) exit 1 ;;
esac`.replace('"$root/metadata/${@: -1:1}"', '"$root/metadata/$(basename "${@: -1}")"');
