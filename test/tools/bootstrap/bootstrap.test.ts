// The bootstrap template, which the CDK accepts, and the command that writes it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Site } from '../../../lib/config/site';
import { boundaryStatements } from '../../../tools/bootstrap/execution';
import { bootstrapVersion, trustedBy } from '../../../tools/bootstrap/names';
import { targetOf } from '../../../tools/bootstrap/options';
import { bootstrapTemplate } from '../../../tools/bootstrap/template';
import { UsageError } from '../../../tools/command-line';
import { projectRoot } from '../../../tools/synthesis/synthesize';
import { access, account, administrator, document, names, recovery, region, rolesOf, site, target } from './target';

describe('the template', () => {
  const template = bootstrapTemplate(target);
  const installed = parse(readFileSync(join(projectRoot, 'node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml'), 'utf8'), {
    logLevel: 'silent',
  }) as { Parameters: object; Outputs: Record<string, { Value: string }> };

  test('has the parameters and the version of the installed CDK', () => {
    expect(Object.keys(template.Parameters).toSorted()).toEqual(Object.keys(installed.Parameters).toSorted());
    expect(Number(installed.Outputs.BootstrapVersion?.Value)).toBe(bootstrapVersion);
  });

  test('has policies within the quotas of IAM, and no administrator', () => {
    const size = (value: unknown) => JSON.stringify(value).length;
    for (const one of [target, recovery]) expect(size(document(boundaryStatements(one)))).toBeLessThanOrEqual(6144);
    // "IAM and AWS STS quotas": inline policies of a role in all.
    for (const role of Object.values(rolesOf(target)))
      expect(size(role.Policies.map((one) => one.PolicyDocument))).toBeLessThanOrEqual(10_240);
    expect(JSON.stringify(template)).not.toContain('AdministratorAccess');
    expect(JSON.stringify(template).length).toBeLessThan(51_200);
  });

  test('has a bucket that is encrypted, versioned, private and reached by TLS alone', () => {
    const { StagingBucket: bucket, StagingBucketPolicy: policy } = template.Resources;
    expect(bucket?.Properties).toMatchObject({
      BucketEncryption: { ServerSideEncryptionConfiguration: [expect.anything()] },
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    expect(JSON.stringify(policy?.Properties)).toContain('"aws:SecureTransport":"false"');
  });
});

describe('the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rempart-bootstrap-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'tools/bootstrap.ts', ...args], { cwd: projectRoot, encoding: 'utf8' });

  test('writes the template and names the command', () => {
    const out = join(folder, 'bootstrap.json');
    const { status, stdout } = run('--account', account, '--administrator', administrator, '--out', out, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ account, region, boundary: names.boundary },
      command: `npx cdk bootstrap aws://${account}/${region} --template ${out} --termination-protection`,
    });
    expect(JSON.parse(readFileSync(out, 'utf8')).Outputs.BootstrapVersion.Value).toBe('33');
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Writes the bootstrap template') });
    expect(run('--out', join(folder, 'no/where.json'), '--account', account).status).toBe(1);
  });

  test('refuses mistakes', () => {
    expect(() => targetOf(site, '123', [])).toThrow(UsageError);
    expect(() => targetOf(site, undefined, [])).toThrow('--account: expected twelve digits');
    expect(() => targetOf({ ...site, settings: { ...site.settings, account: '999999999999' } }, account)).toThrow('as configured');
    expect(() => targetOf(site, account, ['arn:aws:iam::999999999999:role/x'])).toThrow('no other account deploys');
    expect(() => targetOf(site, account, [`arn:aws:iam::${account}:role/*`])).toThrow(UsageError);
    const { deployer: _, ...without } = access;
    const nobody = { ...site, settings: { ...site.settings, access: without } } as Site;
    expect(() => targetOf(nobody, account)).toThrow('nobody could deploy');
    expect(trustedBy(targetOf(nobody, account, [administrator]))).toEqual([administrator]);
  });
});
