// npm start: what it asks of the app, its exit codes, and what it prints for people and for machines.
import { clauseIds } from '../../../lib/tom/clause-id';
import { register } from '../../../lib/tom/register';
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
  ])('%j is refused with exit code 2, and nothing is synthesized', async (args, told) => {
    const { status, out, err, requests } = await runStart({ args, evidence: evidence() });
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(told);
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

  test('--deployment and --site are handed to the app', async () => {
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
  test('is run after a check that finds nothing, with its flags, and its exit code is the last', async () => {
    const { status, twins } = await runStart({ args: ['--traffic', '50', '--chaos'], evidence: evidence(), twin: 1 });
    expect(twins).toMatchObject([{ traffic: '50', chaos: true }]);
    expect(status).toBe(1);
  });

  test.each([['--check'], ['--json'], ['--help']])('is left out with %s', async (flag) => {
    expect((await runStart({ args: [flag], evidence: evidence() })).twins).toEqual([]);
  });

  test('is not run where something is broken, and that is said', async () => {
    const { status, err, twins } = await runStart({ evidence: broken });
    expect([status, twins]).toEqual([1, []]);
    expect(err).toContain('npm run twin starts it all the same');
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

  test('0 when a promise is left out by configuration', async () => {
    const declared = [{ clause: 'TOM-6.5' as const, reason: 'All zones share one way out.' }];
    const { status, out } = await runStart({ evidence: evidence([], declared) });
    expect(status).toBe(0);
    expect(out).toContain('All zones share one way out.');
    expect(out).toContain('1 not met; 0 violations');
  });

  test.each([0, 1])('1 on an open finding, also where the app ends with %i', async (status) => {
    expect((await runStart({ evidence: broken, status })).status).toBe(1);
  });

  test('1 when a clause is not proven by anything', async () => {
    const { rules, ...rest } = evidence();
    const clauses = rest.clauses.map((clause) =>
      clause.id === 'TOM-6.10' ? { ...clause, state: 'not met', broken: 'unproven', reason: 'no resource was asked' } : clause,
    );
    const { status, out } = await runStart({ evidence: { ...rest, rules, clauses } });
    expect(status).toBe(1);
    expect(out).toMatch(/found +no resource was asked/);
  });

  test('1 when the evidence counts a violation that it does not list', async () => {
    const { totals, ...rest } = evidence();
    const { status, out } = await runStart({ evidence: { ...rest, totals: { ...totals, violations: 1 } } });
    expect(status).toBe(1);
    expect(out).toContain('; 1 violation\n');
  });

  test('1 when the app fails although the TOM is kept, and its own words are printed', async () => {
    const { status, out } = await runStart({ evidence: evidence(), status: 1, said: 'Template validation failed' });
    expect(status).toBe(1);
    expect(out).toContain('Template validation failed');
    expect(out).not.toContain('Nothing is broken');
  });

  test('1 when another pack objects, told with its resource and cure', async () => {
    const violation = {
      ruleName: 'AwsSolutions-S1',
      description: 'The bucket keeps no access log.',
      suggestedFix: 'Give it one.',
      severity: 'error',
      violatingConstructs: [{ constructPath: 'production-account/Archive/Resource' }],
    };
    const warning = { ...violation, ruleName: 'AwsSolutions-S2', severity: 'warning' };
    const { status, out } = await runStart({ evidence: evidence(), report: refusing([violation, warning]), status: 1, said: 'noise' });
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
  test('a broken configuration is told in the words of the app', async () => {
    const said = 'config/production.yaml: region: expected eu-west-3, got mars-1; choose one\n';
    const { status, out, err } = await runStart({ status: 1, said });
    expect(status).toBe(1);
    expect(out).toBe('');
    expect(err).toContain(said.trim());
    expect(err).not.toContain('    at ');
  });

  test('a line of the app that nobody can read is cut', async () => {
    const { err } = await runStart({ status: 1, said: `Key: no rotation\n"use strict";${'x'.repeat(9000)}\n    at main` });
    expect(err).toContain('Key: no rotation\n"use strict";x');
    expect(err).toMatch(/x \.\.\.\n {4}at main\nThe twin is not started/);
    expect(err.length).toBeLessThan(700);
  });

  test('evidence of an earlier run does not count', async () => {
    const before = [{ path: 'cdk.out/tom-evidence.json', content: evidence() }];
    expect(await runStart({ status: 1, said: 'no such file', before })).toMatchObject({ status: 1, out: '' });
    expect(await runStart({ status: 0, before })).toMatchObject({ status: 1, out: '' });
  });

  test('results of an earlier run are removed before the app runs, assets stay', async () => {
    const names = ['tom-evidence.json', 'validation-report.json', 'production-account.template.json', 'asset.1234', 'manifest.json'];
    const before = names.map((name) => ({ path: `cdk.out/${name}`, content: 'old' }));
    expect((await runStart({ status: 1, said: 'no such file', before })).left).toEqual(['asset.1234', 'manifest.json']);
  });

  test.each([
    [
      '-c deployment: expected one of production, got "prod"; use -c deployment=production',
      '--deployment: expected one of production, got "prod"; use --deployment production',
    ],
    ['-c site: expected one of home, recovery; use -c site=recovery to', '--site: expected one of home, recovery; use --site recovery to'],
  ])('%s is told by the flags of this command', async (said, told) => {
    const { status, err } = await runStart({ status: 1, said });
    expect(status).toBe(1);
    expect(err).toContain(`${told}\n`);
    expect(err).not.toContain('-c ');
  });

  test('an app that writes none and says nothing is an error', async () => {
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

  test('an app that fails before its rules run is told in its own words', async () => {
    const unasked = evidence().rules.map((rule) => ({ ...rule, asked: [] }));
    const { status, err } = await runStart({ evidence: { ...evidence(), rules: unasked }, status: 1, said: 'Resolution error' });
    expect(status).toBe(1);
    expect(err).toContain('Resolution error');
    expect(err).not.toContain('expected');
  });
});

describe('the table', () => {
  test('has every clause with its state, below its chapter, and a total line', async () => {
    const { out } = await runStart({ evidence: evidence() });
    for (const id of clauseIds) expect(out).toMatch(new RegExp(`^${id.replaceAll('.', '\\.')} +\\S`, 'm'));
    expect(out).toMatch(/^TOM-3 {2}Access to servers$/m);
    expect(out).toMatch(/^TOM-6\.10 +The infrastructure .* kept +\S/m);
    expect(out).toMatch(/^95 clauses: \d+ kept, \d+ planned, 17 attested, 0 not met; 0 violations$/m);
    expect(out).toMatch(/^DSS-6\.6 .* planned +awaits edge, portal$/m);
    expect(out).toMatch(/^production \(environment production\), home site in eu-west-3$/m);
    expect(out).toMatch(/^evidence +cdk.out\/tom-evidence.json$/m);
    expect(out).toMatch(/took \d+(\.\d)? s\.$/m);
  });

  test.each([
    [undefined, 120],
    [{ columns: 40 }, 80],
    [{ columns: 100 }, 100],
    [{ columns: 400 }, 160],
  ])('on a terminal of %j no line is longer than %i', async (terminal, width) => {
    const { out } = await runStart({ args: ['--no-color'], evidence: broken, ...(terminal ? { terminal } : {}) });
    const longest = Math.max(...out.split('\n').map(({ length }) => length));
    expect(longest).toBeLessThanOrEqual(width);
    expect(longest).toBeGreaterThan(width - 10);
    expect(out).not.toMatch(/ $/m);
  });

  test('tells a violation: clause, sentence, resource, values, cure', async () => {
    const { out } = await runStart({ evidence: broken, status: 1, said: 'noise' });
    expect(out).toContain(`1.  TOM-5.5\n    ${register['TOM-5.5'].promise.slice(0, 60)}`);
    expect(out).toMatch(/^ {4}rule +key-rotation: every customer-managed key/m);
    expect(out).toMatch(/^ {4}resource +production-account\/Key\/Resource \(AWS::KMS::Key\)$/m);
    expect(out).toMatch(/^ {4}property +Properties.EnableKeyRotation$/m);
    expect(out).toMatch(/^ {4}found +false$/m);
    expect(out).toMatch(/^ {4}required +true$/m);
    expect(out).toMatch(/^ {4}to do +Set enableKeyRotation: true on the key\.$/m);
    expect(out).toContain('1 not met; 1 violation\n');
    expect(out).not.toContain('noise');
  });

  test('tells what is missing as nothing, and an acknowledged finding not at all', async () => {
    const { found: _, ...missing } = openFinding;
    expect((await runStart({ evidence: evidence([missing]) })).out).toMatch(/^ {4}found +nothing$/m);
    const { status, out } = await runStart({ evidence: evidence([{ ...openFinding, state: 'acknowledged' }]) });
    expect(status).toBe(0);
    expect(out).not.toContain('Key961B73FD');
    expect(out).toContain('acknowledged exceptions: 1');
  });
});

describe('colour', () => {
  const terminal = { columns: 120 };

  test('is used on a terminal', async () => {
    const { out } = await runStart({ evidence: evidence(), terminal });
    expect(out).toContain(`${esc}[32mkept${esc}[39m`);
    expect(out).toContain(`${esc}[33mplanned${esc}[39m`);
  });

  test.each([
    ['a pipe', {}],
    ['NO_COLOR', { terminal, env: { NO_COLOR: '1' } }],
    ['--no-color', { terminal, args: ['--no-color'] }],
    ['a dumb terminal', { terminal, env: { TERM: 'dumb' } }],
    ['a build server', { env: { CI: 'true', FORCE_COLOR: '1' } }],
  ])('is not used with %s', async (_, run) => {
    expect((await runStart({ evidence: broken, ...run })).out).not.toContain(esc);
  });
});

describe('progress', () => {
  test('is one plain line on stderr where there is no terminal', async () => {
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
