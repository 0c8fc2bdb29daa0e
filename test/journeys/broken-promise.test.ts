// A developer breaks a promise in the code: `cdk synth` exits non-zero and reports the clause, its sentence, the
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

/** Runs `cdk synth` on the app with a promise broken. */
function cdkSynth(broken: string) {
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
        BREAK: broken,
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
  expect(cdkSynth('nothing')).toMatchObject({ status: 0 });
}, 60_000);

test.each<[string, string[]]>([
  ['port-22', ['TOM-3.1', 'Only the infrastructure manager', 'production-network/Open', 'Found', 'required', 'Suggested fix']],
  [
    'no-rotation',
    ['TOM-5.5', 'production-account/DeploymentKey', 'Found false at Properties.EnableKeyRotation; required true', 'Suggested fix'],
  ],
  ['no-encryption', ['TOM-5.5', 'production-account/AuditArchive', 'Found nothing at Properties.BucketEncryption', 'Suggested fix']],
  ['other-region', ['TOM-2.1', 'production-elsewhere', 'us-east-1', 'eu-west-3', 'Suggested fix']],
])(
  '%s: exit code 1, with clause, sentence, resource, values and fix',
  (broken, parts) => {
    const { status, output } = cdkSynth(broken);
    expect(status).toBe(1);
    for (const part of parts) expect(output).toContain(part);
  },
  60_000,
);
