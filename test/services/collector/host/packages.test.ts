// The packages of a server equal the list: the script runs with a mock of rpm, and with rpm where it is installed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageNames } from './image-names';
import { hostFolder, Machine, type Run } from './machine';

/** Packages of a machine, each with those that it requires. */
type Packages = Readonly<Record<string, readonly string[]>>;

const script = join(hostFolder, 'packages.sh');
const isInstalled = spawnSync('rpmbuild', ['--version']).status === 0;
if (!isInstalled) console.log('rpm and rpmbuild are not installed: packages.sh runs with the mock of rpm only');

/** A mock of rpm: names in a file, and in another one `name required` a line. */
const mock = `
case $1 in
  --query) cat "$root/installed" ;;
  --erase)
    shift 2
    for name in "$@"; do
      while read -r by required; do
        if [[ $required == "$name" && " $* " != *" $by "* ]] && grep -qxF "$by" "$root/installed"; then
          echo "$name is needed by (installed) $by" >&2
          exit 1
        fi
      done <"$root/required"
    done
    for name in "$@"; do grep -vxF "$name" "$root/installed" >"$root/rest" || true; mv "$root/rest" "$root/installed"; done
    ;;
  *) exit 64 ;;
esac`;

let machine: Machine;
let built: string;

beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'rempart-rpm-'));
});
afterAll(() => rmSync(built, { recursive: true }));
beforeEach(() => {
  machine = new Machine({ aws: '[[ ! -e "$root/no-metrics" ]]' });
});
afterEach(() => machine.remove());

function withMock(packages: Packages): void {
  machine.stub('rpm', mock);
  machine.write('installed', `${Object.keys(packages).join('\n')}\n`);
  machine.write(
    'required',
    Object.entries(packages)
      .flatMap(([name, all]) => all.map((one) => `${name} ${one}\n`))
      .join(''),
  );
}

/** Builds the packages without files, and installs them into a database of the machine. */
function withRpm(packages: Packages): void {
  const sections = Object.entries(packages).map(
    ([name, required]) =>
      `%package -n ${name}\nSummary: ${name}\n${required.map((one) => `Requires: ${one}\n`).join('')}%description -n ${name}\n${name}\n%files -n ${name}\n`,
  );
  const head = 'Name: source\nVersion: 1\nRelease: 1\nSummary: source\nLicense: none\nBuildArch: noarch\n%description\nsource\n';
  writeFileSync(join(built, 'source.spec'), head + sections.join(''));
  const top = mkdtempSync(join(built, 'top-'));
  const run = (command: string, args: readonly string[]) => {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    expect({ status, stderr }).toMatchObject({ status: 0 });
  };
  run('rpmbuild', ['-bb', '--quiet', '--define', `_topdir ${top}`, join(built, 'source.spec')]);
  const folder = join(top, 'RPMS', 'noarch');
  machine.folder('database');
  const files = readdirSync(folder).map((name) => join(folder, name));
  run('rpm', ['--dbpath', join(machine.root, 'database'), '--install', '--justdb', '--nosignature', ...files]);
  machine.stub('rpm', 'exec /usr/bin/rpm --dbpath "$root/database" "$@"');
}

const declare = (...names: readonly string[]) => machine.write('opt/rempart/packages.list', `# a comment\n${names.join('\n')}\n`);
const published = ({ calls }: Run) =>
  calls.filter((call) => call.startsWith('aws ')).map((call) => /MetricName=PackagesDiffer,Value=(\d+),Unit=Count/.exec(call)?.[1]);
const rest = () => machine.run(script).output.split('\n').filter(Boolean);

describe.each([['the mock of rpm', withMock] as const, ...(isInstalled ? [['rpm itself', withRpm] as const] : [])])(
  'with %s',
  (_, install) => {
    test('a server with the packages of the list differs by none', () => {
      install({ bash: [], dnf: ['bash'] });
      declare('bash', 'dnf');
      const run = machine.run(script);
      expect({ status: run.status, output: run.output, published: published(run) }).toEqual({ status: 0, output: '', published: ['0'] });
    });

    test('it publishes how many are too many and how many are missing, and names them', () => {
      install({ bash: [], nmap: [], 'openssh-server': [] });
      declare('bash', 'mdadm');
      const run = machine.run(script);
      expect(published(run)).toEqual(['3']);
      expect(run.output).toBe(
        'packages: expected the packages of packages.list, got nmap too\n' +
          'packages: expected the packages of packages.list, got openssh-server too\n' +
          'packages: expected mdadm of packages.list, it is not installed\n',
      );
      expect(run.calls.filter((call) => call.includes('--erase'))).toEqual([]);
    });

    test('the boot removes what is not in the list, whatever requires what among it', () => {
      install({ bash: [], openssh: [], 'openssh-server': ['openssh'], manuals: ['library'], library: [] });
      declare('bash');
      const run = machine.run(script);
      expect(published(run)).toEqual(['4']);
      const { status, calls } = exclude();
      expect(status).toBe(0);
      expect(calls.filter((call) => call.startsWith('rpm --erase'))).toHaveLength(1);
      expect(rest()).toEqual([]);
    });

    test('what a package of the list requires stays, with its own needs, and the rest goes', () => {
      install({ bash: [], dnf: ['grown'], grown: ['deep'], deep: [], tool: ['plugin'], plugin: [] });
      declare('bash', 'dnf');
      expect(exclude().status).toBe(0);
      const run = machine.run(script);
      expect(published(run)).toEqual(['2']);
      expect(run.output).toMatch(/got deep too\n.*got grown too\n$/);
    });

    test('a package of the list is never removed, whatever it requires', () => {
      install({ dnf: ['one', 'two'], one: [], two: [] });
      declare('dnf');
      exclude();
      expect(machine.run(script).output).not.toContain('not installed');
    });

    test('a kernel of a later series is the kernel', () => {
      install({ 'kernel6.12': [], bash: [] });
      declare('bash', 'kernel');
      expect(exclude().calls.filter((call) => call.includes('--erase'))).toEqual([]);
      expect(published(machine.run(script))).toEqual(['0']);
    });
  },
);

const exclude = (): Run => machine.run(script, {}, ['exclude']);

test('the boot does not depend on CloudWatch, and fails where the packages cannot be read', () => {
  withMock({ bash: [], nmap: [] });
  declare('bash');
  machine.write('no-metrics', '');
  expect(exclude()).toMatchObject({ status: 0 });
  expect(exclude().calls.filter((call) => call.startsWith('aws'))).toEqual([]);
  machine.stub('rpm', 'exit 1');
  expect(exclude().status).not.toBe(0);
  expect(machine.run(script).status).not.toBe(0);
});

describe('the list', () => {
  const names = readFileSync(join(hostFolder, 'packages.list'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const boot = readFileSync(join(hostFolder, 'boot.sh'), 'utf8');
  const installed = /^ {4}install (.*)$/m.exec(boot)?.[1]?.split(' ') ?? [];

  test('is that of the image, without what no server needs, and with what the boot installs', () => {
    const excluded = ['libpipeline', 'man-db', 'openssh', 'openssh-clients', 'openssh-server'];
    // Libraries of nodejs24, and the key of Amazon Linux.
    const brought = [...installed, 'nodejs24-libs', 'gpg-pubkey'];
    expect([...new Set([...imageNames.filter((name) => !excluded.includes(name)), ...brought])].sort()).toEqual(names);
    expect(excluded.filter((name) => !imageNames.includes(name))).toEqual([]);
  });

  test('has no SSH server, no client and no compiler', () => {
    expect(names.filter((name) => /ssh|telnet|instance-connect|nmap|tcpdump|^gcc|^perl/.test(name))).toEqual([]);
  });
});
