// npm start: the table of clauses and violations, and its colours.
import { clauseIds } from '../../../lib/tom/clause-id';
import { register } from '../../../lib/tom/register';
import { evidence, openFinding, runStart } from './sample';

const esc = '\u001b';
const broken = evidence([openFinding]);

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

  test('has each violation: clause, sentence, resource, values, fix', async () => {
    const { out } = await runStart({ evidence: broken, status: 1, output: 'noise' });
    expect(out).toContain(`1.  TOM-5.5\n    ${register['TOM-5.5'].promise.slice(0, 60)}`);
    expect(out).toMatch(/^ {4}rule +key-rotation: every customer-managed key/m);
    expect(out).toMatch(/^ {4}resource +production-account\/DeploymentKey\/Resource \(AWS::KMS::Key\)$/m);
    expect(out).toMatch(/^ {4}property +Properties.EnableKeyRotation$/m);
    expect(out).toMatch(/^ {4}found +false$/m);
    expect(out).toMatch(/^ {4}required +true$/m);
    expect(out).toMatch(/^ {4}to do +Set enableKeyRotation: true on the key\.$/m);
    expect(out).toContain('1 not met; 1 violation\n');
    expect(out).not.toContain('noise');
  });

  test('shows an absent value as nothing, and omits acknowledged findings', async () => {
    const { found: _, ...missing } = openFinding;
    expect((await runStart({ evidence: evidence([missing]) })).out).toMatch(/^ {4}found +nothing$/m);
    const { status, out } = await runStart({ evidence: evidence([{ ...openFinding, state: 'acknowledged' }]) });
    expect(status).toBe(0);
    expect(out).not.toContain('DeploymentKey789843F6');
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
