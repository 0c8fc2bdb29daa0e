// npm start: its request to the app, its exit codes, and its output for people and for programs.
import { evidence, openFinding, runStart } from './sample';

const esc = '\u001b';
const broken = evidence([openFinding]);
const refusing = (violations: unknown[], conclusion = 'failure') => ({
  version: '1.0',
  pluginReports: [
    { pluginName: 'TOM', conclusion: 'failure', violations: [] },
    { pluginName: 'AwsSolutions', conclusion, violations },
  ],
});

describe('flags', () => {
  test.each([
    [['--colour'], '--colour'],
    [['production'], 'production'],
    [['--site', 'moon'], '--site: expected home or recovery, got "moon"'],
    [['--deployment'], '--deployment'],
    [['--json=yes'], '--json'],
  ])('%j is refused with exit code 2, and nothing is synthesized', async (args, message) => {
    const { status, out, err, requests } = await runStart({ args, evidence: evidence() });
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err).toContain('npm start -- [flags]');
    expect(requests).toEqual([]);
  });

  test('--help prints the flags and does nothing else', async () => {
    const { status, out, requests } = await runStart({ args: ['--help'] });
    expect(status).toBe(0);
    for (const flag of ['--check', '--deployment', '--site', '--json', '--no-color']) expect(out).toContain(flag);
    expect(requests).toEqual([]);
  });

  test('without flags, production is built at home with the validation of the library on; --check builds the same', async () => {
    const request = { deployment: 'production', site: 'home', outdir: 'cdk.out', validation: true };
    expect((await runStart({ evidence: evidence() })).requests).toEqual([request]);
    expect((await runStart({ args: ['--check'], evidence: evidence() })).requests).toEqual([request]);
  });

  test('--deployment and --site are passed to the app', async () => {
    const of = { deployment: 'staging', site: 'recovery' };
    const { status, requests } = await runStart({
      args: ['--deployment', 'staging', '--site=recovery'],
      evidence: { ...evidence(), ...of },
    });
    expect(status).toBe(0);
    expect(requests).toMatchObject([of]);
  });
});

describe('the twin', () => {
  test('runs after a check without findings, with its flags, and sets the exit code', async () => {
    const { status, twins } = await runStart({ args: ['--traffic', '50', '--chaos'], evidence: evidence(), twin: 1 });
    expect(twins).toMatchObject([{ traffic: '50', chaos: true }]);
    expect(status).toBe(1);
  });

  test.each([['--check'], ['--json'], ['--help']])('is not run with %s', async (flag) => {
    expect((await runStart({ args: [flag], evidence: evidence() })).twins).toEqual([]);
  });

  test('is not run if something is broken, and a message explains it', async () => {
    const { status, err, twins } = await runStart({ evidence: broken });
    expect([status, twins]).toEqual([1, []]);
    expect(err).toContain('npm run twin starts it anyway');
  });

  test('is checked for wrong flags before anything is synthesized', async () => {
    const { status, err, requests } = await runStart({ args: ['--traffic', 'much'], evidence: evidence() });
    expect([status, requests]).toEqual([2, []]);
    expect(err).toContain('--traffic: expected a whole number from 1 to 5000, got "much"');
  });
});

describe('exit code', () => {
  test('0 when the app succeeds and nothing is broken', async () => {
    const { status, out } = await runStart({ evidence: evidence() });
    expect(status).toBe(0);
    expect(out).toContain('Nothing is broken');
  });

  test('0 when the configuration relaxes a promise', async () => {
    const declared = [{ clause: 'TOM-6.5' as const, reason: 'All zones share one way out.' }];
    const { status, out } = await runStart({ evidence: evidence([], declared) });
    expect(status).toBe(0);
    expect(out).toContain('All zones share one way out.');
    expect(out).toContain('1 not met; 0 violations');
  });

  test.each([0, 1])('1 on an open finding, also where the app ends with %i', async (status) => {
    expect((await runStart({ evidence: broken, status })).status).toBe(1);
  });

  test('1 when a clause has no proof', async () => {
    const { rules, ...rest } = evidence();
    const clauses = rest.clauses.map((clause) =>
      clause.id === 'TOM-6.10' ? { ...clause, state: 'not met', broken: 'unproven', reason: 'no resource was evaluated' } : clause,
    );
    const { status, out } = await runStart({ evidence: { ...rest, rules, clauses } });
    expect(status).toBe(1);
    expect(out).toMatch(/found +no resource was evaluated/);
  });

  test('1 when the evidence counts a violation that it does not list', async () => {
    const { totals, ...rest } = evidence();
    const { status, out } = await runStart({ evidence: { ...rest, totals: { ...totals, violations: 1 } } });
    expect(status).toBe(1);
    expect(out).toContain('; 1 violation\n');
  });

  test('1 when the app fails although the TOM is kept, and its output is printed', async () => {
    const { status, out } = await runStart({ evidence: evidence(), status: 1, output: 'Template validation failed' });
    expect(status).toBe(1);
    expect(out).toContain('Template validation failed');
    expect(out).not.toContain('Nothing is broken');
  });

  test('1 when another pack objects; the output names the resource and the fix', async () => {
    const violation = {
      ruleName: 'AwsSolutions-S1',
      description: 'The bucket keeps no access log.',
      suggestedFix: 'Give it one.',
      severity: 'error',
      violatingConstructs: [{ constructPath: 'production-account/Archive/Resource' }],
    };
    const warning = { ...violation, ruleName: 'AwsSolutions-S2', severity: 'warning' };
    const { status, out } = await runStart({ evidence: evidence(), report: refusing([violation, warning]), status: 1, output: 'noise' });
    expect(status).toBe(1);
    for (const part of ['AwsSolutions-S1', 'The bucket keeps no access log.', 'production-account/Archive/Resource', 'Give it one.']) {
      expect(out).toContain(part);
    }
    expect(out).toContain('\nObjections of other packs\n');
    expect(out).toMatch(/; 0 violations, 1 objection of other packs \(AwsSolutions\)$/m);
    expect(out).toMatch(/^warnings +AwsSolutions: 1 \(AwsSolutions-S2\)$/m);
    expect(out).not.toContain('noise');
  });

  test('1 when a pack could not run', async () => {
    const args = ['--json'];
    const { status, out } = await runStart({ args, evidence: evidence(), report: refusing([]) });
    expect(status).toBe(1);
    expect(JSON.parse(out).totals).toMatchObject({ violations: 0, objections: 1 });
    expect(await runStart({ evidence: evidence(), report: refusing([], 'success') })).toMatchObject({ status: 0 });
  });
});

describe('no evidence', () => {
  test('a broken configuration is reported with the output of the app', async () => {
    const output = 'config/production.yaml: region: expected eu-west-3, got mars-1; choose one\n';
    const { status, out, err } = await runStart({ status: 1, output });
    expect(status).toBe(1);
    expect(out).toBe('');
    expect(err).toContain(output.trim());
    expect(err).not.toContain('    at ');
  });

  test('a very long line of the app is cut', async () => {
    const { err } = await runStart({ status: 1, output: `Key: no rotation\n"use strict";${'x'.repeat(9000)}\n    at main` });
    expect(err).toContain('Key: no rotation\n"use strict";x');
    expect(err).toMatch(/x \.\.\.\n {4}at main\nThe twin is not started/);
    expect(err.length).toBeLessThan(700);
  });

  test('evidence of an earlier run does not count', async () => {
    const before = [{ path: 'cdk.out/tom-evidence.json', content: evidence() }];
    expect(await runStart({ status: 1, output: 'no such file', before })).toMatchObject({ status: 1, out: '' });
    expect(await runStart({ status: 0, before })).toMatchObject({ status: 1, out: '' });
  });

  test('results of an earlier run are removed before the app runs, assets stay', async () => {
    const names = ['tom-evidence.json', 'validation-report.json', 'production-account.template.json', 'asset.1234', 'manifest.json'];
    const before = names.map((name) => ({ path: `cdk.out/${name}`, content: 'old' }));
    expect((await runStart({ status: 1, output: 'no such file', before })).left).toEqual(['asset.1234', 'manifest.json']);
  });

  test.each([
    [
      '-c deployment: expected one of production, got "prod"; use -c deployment=production',
      '--deployment: expected one of production, got "prod"; use --deployment production',
    ],
    ['-c site: expected one of home, recovery; use -c site=recovery to', '--site: expected one of home, recovery; use --site recovery to'],
  ])('%s is reported with the flags of this command', async (output, expected) => {
    const { status, err } = await runStart({ status: 1, output });
    expect(status).toBe(1);
    expect(err).toContain(`${expected}\n`);
    expect(err).not.toContain('-c ');
  });

  test('an app that writes no evidence and no output is an error', async () => {
    const { status, err } = await runStart({});
    expect(status).toBe(1);
    expect(err).toContain('tom-evidence.json: expected the app to write it');
  });

  test.each([
    ['no JSON', '{'],
    ['an empty object', {}],
    ['no rules', { ...evidence(), rules: [] }],
    ['rules that did not run', { ...evidence(), rules: evidence().rules.map((rule) => ({ ...rule, asked: [] })) }],
    ['a clause left out', { ...evidence(), clauses: evidence().clauses.slice(1) }],
    ['an unknown state', { ...evidence(), clauses: evidence().clauses.map((clause) => ({ ...clause, state: 'fine' })) }],
    ['another deployment', { ...evidence(), deployment: 'staging' }],
    ['another site', { ...evidence(), site: 'recovery' }],
  ])('evidence with %s is an error', async (_, content) => {
    const { status, out, err } = await runStart({ evidence: content });
    expect(status).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('tom-evidence.json: expected');
  });

  test('an app that fails before its rules run is reported with its own output', async () => {
    const unasked = evidence().rules.map((rule) => ({ ...rule, asked: [] }));
    const { status, err } = await runStart({ evidence: { ...evidence(), rules: unasked }, status: 1, output: 'Resolution error' });
    expect(status).toBe(1);
    expect(err).toContain('Resolution error');
    expect(err).not.toContain('expected');
  });
});

describe('progress', () => {
  test('is one plain line on stderr without a terminal', async () => {
    const { err } = await runStart({ evidence: evidence() });
    expect(err).toMatch(/^Synthesizing production \(home\) .* \.\.\.\n$/);
  });

  test('is one plain line on a terminal that cannot clear lines', async () => {
    const { err } = await runStart({ evidence: evidence(), terminal: { columns: 120 }, env: { TERM: 'dumb' } });
    expect(err).toMatch(/^[^\r]* \.\.\.\n$/);
  });

  test('is a line that clears itself on a terminal', async () => {
    const { err } = await runStart({ evidence: evidence(), terminal: { columns: 120 } });
    expect(err).not.toContain('\n');
    expect(err.endsWith(`\r${esc}[2K`)).toBe(true);
  });
});
