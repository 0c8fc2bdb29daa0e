// Somebody adds a deployment beside the others with the shortest configuration, or mistypes the one they mean.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot, synthesizeSync } from '../../tools/synthesis/synthesize';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-new-'));
  cpSync(join(projectRoot, 'config'), join(folder, 'config'), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'), 'dir');
});
afterEach(() => rmSync(folder, { recursive: true }));

const synthesize = (deployment: string, context = {}) =>
  synthesizeSync({ deployment, site: 'home', outdir: join(folder, 'out'), validation: false, workingDirectory: folder, context });

test.each(['production', 'staging', 'development'])(
  'a new deployment for %s synthesizes and breaks no promise',
  (environment) => {
    writeFileSync(join(folder, 'config', 'acme.yaml'), `environment: ${environment}\nowner: platform-team\n`);
    expect(synthesize('acme')).toMatchObject({ status: 0 });
  },
  60_000,
);

test('a mistyped context key is refused, instead of production being built', () => {
  const { status, stderr } = synthesize('production', { deploymnt: 'staging' });
  expect(status).toBe(1);
  expect(stderr).toContain('-c deploymnt: expected deployment or site, got "deploymnt"; use -c deployment=<name>');
}, 60_000);

test.each([
  ['the account that the configuration gives', 'account: "111111111111"\n', 'aws://111111111111/eu-west-3'],
  ['the account of the credentials', '', 'aws://unknown-account/eu-west-3'],
])(
  'its stacks are bound to %s, so that cdk stops before any other',
  (_, account, environment) => {
    writeFileSync(join(folder, 'config', 'acme.yaml'), `environment: staging\nowner: platform-team\n${account}`);
    expect(synthesize('acme')).toMatchObject({ status: 0 });
    const { artifacts } = JSON.parse(readFileSync(join(folder, 'out', 'manifest.json'), 'utf8')) as { artifacts: Record<string, Artifact> };
    const stacks = Object.values(artifacts).filter(({ type }) => type === 'aws:cloudformation:stack');
    expect(stacks.length).toBeGreaterThan(0);
    expect(new Set(stacks.map((stack) => stack.environment))).toEqual(new Set([environment]));
  },
  60_000,
);

interface Artifact {
  readonly type: string;
  readonly environment?: string;
}
