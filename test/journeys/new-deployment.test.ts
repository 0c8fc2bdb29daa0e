// A user adds a deployment with the shortest configuration, or mistypes the name of the deployment to build.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot, type SynthesisRequest, synthesizeSync } from '../../tools/synthesis/synthesize';
import { type AppOutcome, synthesizeInTurn } from './in-turn';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder of a user, with the deployment `acme` beside those of this project. */
function folderWith(acme?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rempart-new-'));
  folders.push(folder);
  cpSync(join(projectRoot, 'config'), join(folder, 'config'), { recursive: true });
  cpSync(join(projectRoot, 'test/lib/edge/client-authority.pem'), join(folder, 'config', 'cloudflare-ca.pem'));
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'), 'dir');
  if (acme !== undefined) writeFileSync(join(folder, 'config', 'acme.yaml'), acme);
  return folder;
}

const request = (folder: string, deployment = 'acme', context = {}): SynthesisRequest => ({
  ...{ deployment, site: 'home', outdir: join(folder, 'out'), validation: false, workingDirectory: folder, context },
});

/** What the account of the credentials has once, and staging holds. */
const inSharedAccount = 'network: { blockPublicAccess: false }\naccess: { accessAnalyzer: existing }\n';
const shortest = (environment: string, rest: string) => `environment: ${environment}\nowner: platform-team\n${rest}`;

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
/**
 * With numbers that resemble an account id: disks with a twelve-digit number of bytes, a certificate id that ends in
 * twelve digits.
 */
const everything = `environment: production
owner: platform-team
account: "111111111111"
edge:
  domain: www.example.com
  hostedZone: { id: Z0123456789ABCDEFGHIJ, name: example.com }
  cloudflare: { clientCa: config/cloudflare-ca.pem, origin: origin.example.com }
  certificate:
    arn:
      home: arn:aws:acm:eu-west-3:111111111111:certificate/12345678-1234-1234-1234-123456789012
      recovery: arn:aws:acm:eu-central-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
collection:
  instanceTypes: [c7g.4xlarge, m8g.4xlarge]
  disks: { count: 4, gibibytes: 200 }
  stream: { mode: provisioned, shards: 4 }
  scheduled: [{ name: spot, cron: 45 19 * * 5, minimum: 12 }]
  predictive: true
  warmPool: 3
  dedicatedTenancy: true
`;

const deployments = [
  ['production', ''],
  ['staging', inSharedAccount],
  ['development', inSharedAccount],
  ['staging', 'account: "111111111111"\n'],
] as const;

/** The configurations that are synthesized in one process; that of the shortest for production has its own. */
const texts = [...new Set([...deployments.slice(1).map(([environment, rest]) => shortest(environment, rest)), ...examples, everything])];
const synthesized = new Map<string, AppOutcome & { readonly folder: string }>();
beforeAll(() => {
  const places = texts.map((text) => ({ text, folder: folderWith(text) }));
  const outcomes = synthesizeInTurn(places.map(({ folder }) => request(folder)));
  places.forEach(({ text, folder }, index) => {
    synthesized.set(text, { ...(outcomes[index] as AppOutcome), folder });
  });
}, 600_000);

test.each(deployments)(
  'a new deployment for %s synthesizes and breaks no promise',
  (environment, rest) => {
    const text = shortest(environment, rest);
    const outcome = synthesized.get(text) ?? synthesizeSync(request(folderWith(text)));
    expect(outcome).toMatchObject({ status: 0 });
  },
  60_000,
);

test('what an app prints and returns in the process of several is its own', () => {
  const broken = shortest('staging', 'network: { vpcCidr: 10.0.0.0/30 }\n');
  const [first, second, third] = synthesizeInTurn([broken, shortest('staging', ''), broken].map((text) => request(folderWith(text))));
  expect(first).toMatchObject({ status: 1, output: expect.stringContaining('network.vpcCidr') });
  expect(second).toMatchObject({ status: 1, output: expect.stringContaining('access.accessAnalyzer') });
  expect(second?.output).not.toContain('network.vpcCidr');
  expect(third).toEqual({ ...first, output: first?.output.replaceAll(folders.at(-3) ?? '', folders.at(-1) ?? '') });
}, 60_000);

test('a second one outside production without an account is rejected for the settings that exist once per account', () => {
  const { status, stderr } = synthesizeSync(request(folderWith(shortest('staging', ''))));
  expect(status).toBe(1);
  expect(stderr).toContain('access.accessAnalyzer: expected existing, because config/staging.yaml manages the access analyzer');
  expect(stderr).toContain('network.blockPublicAccess: expected false, because config/staging.yaml enables VPC Block Public Access');
}, 60_000);

test.each([
  ...examples.map((text, index) => [`example ${index + 1} of README`, text] as const),
  ['everything turned on', everything] as const,
])('%s synthesizes and breaks no promise', (_, text) => {
  expect(synthesized.get(text)).toMatchObject({ status: 0, output: expect.not.stringContaining('TOM') });
});

test('a mistyped context key is refused and does not build production', () => {
  const { status, stderr } = synthesizeSync(request(folderWith(), 'production', { deploymnt: 'staging' }));
  expect(status).toBe(1);
  expect(stderr).toContain('-c deploymnt: expected deployment or site, got "deploymnt"; use -c deployment=<name>');
}, 60_000);

test.each([
  ['the account of the configuration', 'account: "111111111111"\n', 'aws://111111111111/eu-west-3'],
  ['the account of the credentials', inSharedAccount, 'aws://unknown-account/eu-west-3'],
])('its stacks are bound to %s, so that cdk refuses any other', (_, account, environment) => {
  const { status, folder = '' } = synthesized.get(shortest('staging', account)) ?? {};
  expect(status).toBe(0);
  const { artifacts } = JSON.parse(readFileSync(join(folder, 'out', 'manifest.json'), 'utf8')) as { artifacts: Record<string, Artifact> };
  const stacks = Object.values(artifacts).filter(({ type }) => type === 'aws:cloudformation:stack');
  expect(stacks.length).toBeGreaterThan(0);
  // The copies are in the recovery region.
  const environments = [environment, environment.replace('eu-west-3', 'eu-central-1')];
  expect(new Set(stacks.map((stack) => stack.environment))).toEqual(new Set(environments));
});

interface Artifact {
  readonly type: string;
  readonly environment?: string;
}
