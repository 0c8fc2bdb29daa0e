// npm start --json: one document for machines, whatever comes of the run.
import { evidence, openFinding, runStart } from './sample';

const esc = '\u001b';
const broken = evidence([openFinding]);

describe('--json', () => {
  test('prints one document and nothing else on stdout', async () => {
    const { status, out } = await runStart({ args: ['--json'], evidence: evidence(), terminal: { columns: 80 } });
    const document = JSON.parse(out);
    expect(status).toBe(0);
    expect(Object.keys(document)).toEqual([
      'ok',
      'deployment',
      'site',
      'region',
      'environment',
      'clauses',
      'totals',
      'violations',
      'packs',
      'files',
      'seconds',
    ]);
    expect(document).toMatchObject({ ok: true, deployment: 'production', site: 'home', region: 'eu-west-3', violations: [] });
    expect(document.clauses).toHaveLength(95);
    expect(document.files).toEqual({ templates: 'cdk.out', evidence: 'cdk.out/tom-evidence.json' });
    expect(out).not.toContain(esc);
  });

  test('has the violations, with exit code 1', async () => {
    const { status, out } = await runStart({ args: ['--json'], evidence: broken, status: 1, said: 'noise' });
    expect(status).toBe(1);
    const { fix, path: property, required } = openFinding;
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      totals: { violations: 1, 'not met': 1 },
      violations: [
        {
          clauses: [{ id: 'TOM-5.5' }],
          rule: 'key-rotation',
          resource: 'production-account/Key/Resource',
          property,
          found: 'false',
          required,
          fix,
        },
      ],
    });
  });

  test('has the error where there is no evidence', async () => {
    const { status, out } = await runStart({ args: ['--json'], status: 1, said: 'config/production.yaml: broken' });
    expect(status).toBe(1);
    expect(JSON.parse(out)).toEqual({ ok: false, error: 'config/production.yaml: broken' });
  });

  test('wrong flags beside --json are told as JSON too', async () => {
    const { status, out, err } = await runStart({ args: ['--json', '--site', 'moon'] });
    expect(status).toBe(2);
    expect(JSON.parse(out)).toEqual({ ok: false, error: expect.stringContaining('--site: expected home or recovery') });
    expect(err).toContain('npm start -- [flags]');
  });
});
