// A developer breaks promises in the code: `cdk synth` exits non-zero and reports the clause, its sentence, the
// resource and the fix.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../tools/synthesis/synthesize';

let outdir = '';
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'rempart-broken-'));
});
afterEach(() => rmSync(outdir, { recursive: true }));

/** Runs `cdk synth` on the app with these promises broken. */
function cdkSynth(...broken: string[]) {
  const cdk = join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const app = 'node --import tsx test/journeys/broken-promise-app.ts';
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cdk, 'synth', '--quiet', '--no-notices', '--app', app, '--output', outdir],
    {
      cwd: projectRoot,
      encoding: 'utf8',
      env: {
        ...process.env,
        BREAK: broken.join(),
        CDK_VALIDATION: 'false',
        CDK_DISABLE_VERSION_CHECK: '1',
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        CI: 'true',
      },
    },
  );
  return { status, output: stdout + stderr };
}

test('the unchanged app passes', () => {
  expect(cdkSynth()).toMatchObject({ status: 0 });
}, 60_000);

/** What the output has of each promise. */
const expected = {
  'port-22': ['TOM-3.1', 'Only the infrastructure manager', 'production-network/Open', 'Found', 'required', 'Suggested fix'],
  'no-rotation': ['TOM-5.5', 'production-account/DeploymentKey', 'Found false at Properties.EnableKeyRotation; required true'],
  'no-encryption': ['TOM-5.5', 'production-account/AuditArchive', 'Found nothing at Properties.BucketEncryption'],
  'other-region': ['TOM-2.1', 'production-elsewhere', 'us-east-1', 'eu-west-3'],
} as const;

test('exit code 1, with clause, sentence, resource, values and fix of each broken promise', () => {
  const { status, output } = cdkSynth(...Object.keys(expected));
  expect(status).toBe(1);
  for (const part of Object.values(expected).flat()) expect(output).toContain(part);
}, 60_000);

test('one of them is enough', () => {
  const { status, output } = cdkSynth('no-rotation');
  expect(status).toBe(1);
  for (const part of [...expected['no-rotation'], 'Suggested fix']) expect(output).toContain(part);
}, 60_000);
