// Security patches: dnf is a mock that answers as the test says.
import { join } from 'node:path';
import { hostFolder, Machine, type Run } from './machine';

const script = join(hostFolder, 'patches.sh');
let machine: Machine;

/**
 * @param upgrade status of each attempt in turn, the last for all further ones
 * @param check status of the last look
 */
function patched(upgrade: readonly number[], check: number): Run {
  machine.stub(
    'dnf',
    `if [[ "$*" == *' check-update' ]]; then exit ${check}; fi\nturn=$(grep -c ' upgrade$' "$root/.calls")\nstates=(${upgrade.join(' ')})\nexit "\${states[turn - 1]:-\${states[-1]}}"`,
  );
  return machine.run(script);
}

const published = ({ calls }: Run) => calls.flatMap((call) => /^aws .*MetricName=PatchesMissing,Value=(\d),/.exec(call)?.[1] ?? []);
const dnf = ({ calls }: Run) => calls.filter((call) => call.startsWith('dnf'));

beforeEach(() => {
  machine = new Machine({ aws: '' });
});
afterEach(() => machine.remove());

test('a server with every patch is missing none', () => {
  const run = patched([0], 0);
  expect({ status: run.status, published: published(run) }).toEqual({ status: 0, published: ['0'] });
});

test('it takes signed security patches of the newest release from the core repository, and no kernel', () => {
  const [upgrade, check] = dnf(patched([0], 0));
  const release = '--assumeyes --repo=amazonlinux --setopt=amazonlinux.gpgcheck=1 --setopt=install_weak_deps=False --releasever=latest';
  expect(upgrade).toBe(`dnf ${release} --security --exclude=kernel* upgrade`);
  expect(check).toBe(`dnf ${release} --quiet --security check-update`);
});

test('a kernel that remains counts as missing', () => {
  const run = patched([0], 100);
  expect({ status: run.status, published: published(run) }).toEqual({ status: 0, published: ['1'] });
  expect(run.output).toContain('patches: expected every security patch');
});

test('a lock that another agent holds for a while is waited for', () => {
  const run = patched([1, 1, 0], 0);
  expect(published(run)).toEqual(['0']);
  expect(run.calls.filter((call) => call === 'sleep 10')).toHaveLength(2);
});

test.each([
  ['an upgrade that fails', [1], 0],
  ['repositories that cannot be read', [0], 1],
])('%s counts as missing', (_, upgrade, check) => {
  const run = patched(upgrade, check);
  expect({ status: run.status, published: published(run) }).toEqual({ status: 0, published: ['1'] });
});
