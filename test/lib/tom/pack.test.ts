import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { App, Stack, Validations } from 'aws-cdk-lib/core';
import { settingsSchema } from '../../../lib/config/settings/settings';
import { acknowledge, declareNotMet } from '../../../lib/labels/exceptions';
import { TomPack } from '../../../lib/tom/pack';
import { register } from '../../../lib/tom/register';
import type { Rule } from '../../../lib/tom/rule';
import { keyRotation } from '../../../lib/tom/rules/encryption/key-rotation';
import type { DeploymentFacts } from '../../../lib/tom/template/assembly';

const facts: DeploymentFacts = {
  deployment: 'example',
  environment: 'production',
  site: 'home',
  region: 'eu-west-3',
  homeRegion: 'eu-west-3',
  recoveryRegion: 'eu-central-1',
  otherDeployments: [],
  namedAccounts: [],
  settings: settingsSchema.parse({ environment: 'production', owner: 'platform-team' }),
};

const finding = 'TOM-key-rotation[rotation]';
const exception = { id: `TOM::${finding}`, reason: 'A key of imported material.', owner: 'platform', expires: '2027-05-31' } as const;

/** Synthesizes a stack with one key through the pack and returns its validation report. */
function synthesize(
  rotates: boolean | undefined,
  rules: readonly Rule[] = [keyRotation],
  prepare?: (key: CfnKey) => void,
  environment: DeploymentFacts['environment'] = 'staging',
  site: DeploymentFacts['site'] = 'home',
) {
  const outdir = mkdtempSync(join(tmpdir(), 'rempart-pack-'));
  const app = new App({ outdir, context: { '@aws-cdk/core:appMode': 'process' } });
  const stack = new Stack(app, 'example-keys', { env: { region: 'eu-west-3' } });
  const key = new CfnKey(stack, 'Key', rotates === undefined ? {} : { enableKeyRotation: rotates });
  prepare?.(key);
  const pack = new TomPack(
    { ...facts, environment, site },
    {
      rules,
      register: {
        ...register,
        'TOM-5.5': { kind: 'technical', title: 'Critical data is encrypted', promise: 'Keys rotate.', rules: [rules[0] ?? keyRotation] },
      },
    },
  );
  Validations.of(app).addPlugins(pack);
  const silence = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const exitCode = process.exitCode;
  try {
    app.synth();
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
    return {
      pack,
      report: report.pluginReports.find((r: { pluginName: string }) => r.pluginName === 'TOM'),
      failed: process.exitCode === 1,
    };
  } finally {
    process.exitCode = exitCode;
    silence.mockRestore();
    rmSync(outdir, { recursive: true });
  }
}

describe('TomPack', () => {
  test('reports no compliant resource, and keeps the verdict as evidence', () => {
    const { pack, report, failed } = synthesize(true);
    expect(report).toBeUndefined();
    expect(failed).toBe(false);
    expect(pack.judgement).toMatchObject([{ verdict: 'compliant', findings: [], clauses: ['TOM-5.5'] }]);
  });

  test('stops the synth on a finding, and reports clause, condition, resource, value found, value required and fix', () => {
    const { report, failed } = synthesize(false);
    expect(failed).toBe(true);
    expect(report.conclusion).toBe('failure');
    expect(report.violations).toMatchObject([
      {
        ruleName: finding,
        severity: 'fatal',
        description:
          'TOM-5.5 "Critical data is encrypted": every customer-managed key that encrypts rotates automatically, at least once a year. ' +
          'Found false at Properties.EnableKeyRotation; required true.',
        violatingConstructs: [{ constructPath: 'example-keys/Key' }],
      },
    ]);
    expect(report.violations[0].suggestedFix).toMatch(/enableKeyRotation: true/);
  });

  test('a missing value is reported as nothing', () => {
    expect(synthesize(undefined).report.violations[0].description).toContain('Found nothing at');
  });

  test('an acknowledged finding stays in the report, with its reason, and does not stop the synth', () => {
    const { pack, report, failed } = synthesize(false, [keyRotation], (key) => acknowledge(key, exception));
    expect(failed).toBe(false);
    expect(report.violations).toEqual([]);
    expect(report.suppressedViolations).toMatchObject([{ ruleName: finding, reason: expect.stringContaining('imported material') }]);
    expect(pack.judgement[0]?.findings).toMatchObject([{ state: 'acknowledged' }]);
  });

  test('an acknowledgement of another finding changes nothing', () => {
    const other = { ...exception, id: 'TOM::TOM-key-rotation[other]' as const };
    expect(synthesize(false, [keyRotation], (key) => acknowledge(key, other)).failed).toBe(true);
  });

  test.each([`TOM::${finding}`, finding])('an acknowledgement without terms (%s) excuses no finding', (id) => {
    const { pack, report, failed } = synthesize(false, [keyRotation], (key) => Validations.of(key).acknowledge({ id, reason: 'because' }));
    expect(failed).toBe(true);
    expect(report.violations).toMatchObject([{ ruleName: finding, severity: 'fatal' }]);
    expect(pack.judgement[0]?.findings).toMatchObject([{ state: 'open' }]);
  });

  test('in production a declaration excuses no finding', () => {
    const declare = (key: CfnKey) => declareNotMet(key, { clause: 'TOM-5.5', rule: 'key-rotation', reason: 'a shared key' });
    expect(synthesize(false, [keyRotation], declare, 'production').failed).toBe(true);
    expect(synthesize(false, [keyRotation], declare, 'staging').failed).toBe(false);
  });

  test.each([
    ['schedule', false],
    ['rotation', true],
  ])('in production a held lake excuses its schedules alone: a finding %s stops the synth: %s', (id, stops) => {
    const check: Rule['check'] = (...args) => {
      const found = keyRotation.check(...args);
      return Array.isArray(found) ? found.map((one) => ({ ...one, id })) : found;
    };
    const declare = (key: CfnKey) => declareNotMet(key, { clause: 'TOM-7.1', rule: 'lake-written', reason: 'a held lake' });
    expect(synthesize(false, [{ ...keyRotation, name: 'lake-written', check } as Rule], declare, 'production').failed).toBe(stops);
  });

  test('a recovered production may leave unmet that its home is gone, and nothing else', () => {
    const declare = (rule: string) => (key: CfnKey) => declareNotMet(key, { clause: 'TOM-5.5', rule, reason: 'home is gone' });
    const copied: Rule = { ...keyRotation, name: 'copied-backups' };
    expect(synthesize(false, [copied], declare('copied-backups'), 'production', 'recovery').failed).toBe(false);
    expect(synthesize(false, [copied], declare('copied-backups'), 'production', 'home').failed).toBe(true);
    expect(synthesize(false, [keyRotation], declare('key-rotation'), 'production', 'recovery').failed).toBe(true);
  });

  test('a promise left unmet by configuration is a warning with its reason', () => {
    const { pack, report, failed } = synthesize(false, [keyRotation], (key) =>
      declareNotMet(key, { clause: 'TOM-5.5', rule: 'key-rotation', reason: 'a shared key' }),
    );
    expect(failed).toBe(false);
    expect(report.violations).toMatchObject([{ severity: 'warning', description: expect.stringContaining('a shared key') }]);
    expect(pack.judgement[0]?.findings).toMatchObject([{ state: 'not met', reason: 'a shared key' }]);
  });

  test('a declaration for another rule does not excuse the finding', () => {
    const other = { clause: 'TOM-5.5', rule: 'encryption-at-rest', reason: 'one NAT' } as const;
    expect(synthesize(false, [keyRotation], (key) => declareNotMet(key, other)).failed).toBe(true);
  });

  test('a rule that throws is fatal and cannot be acknowledged', () => {
    const throwing: Rule = {
      ...keyRotation,
      check() {
        throw new Error('broken rule');
      },
    };
    const { report, failed } = synthesize(true, [throwing], (key) =>
      acknowledge(key, { ...exception, id: 'TOM::TOM-key-rotation[error]' as const }),
    );
    expect(failed).toBe(true);
    expect(report.violations).toMatchObject([{ severity: 'fatal', description: expect.stringContaining('broken rule') }]);
  });

  test('a rule that applies to no resource is a violation of the deployment', () => {
    const { report, failed } = synthesize(true, [{ ...keyRotation, types: ['AWS::CloudTrail::Trail'] }]);
    expect(failed).toBe(true);
    expect(report.violations).toMatchObject([{ ruleName: 'TOM-key-rotation[absent]', severity: 'fatal' }]);
  });

  test('two findings of one rule on one resource are reported once each', () => {
    const twice: Rule = {
      ...keyRotation,
      check: () => ['a', 'b'].map((id) => ({ id, path: `Properties.${id}`, found: id, required: 'none', fix: 'Remove it.' })),
    };
    const { report } = synthesize(true, [twice]);
    expect(report.violations.map((v: { ruleName: string }) => v.ruleName)).toEqual(['TOM-key-rotation[a]', 'TOM-key-rotation[b]']);
  });
});
