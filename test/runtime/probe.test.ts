// Evidence of a probe: one line for any number of findings, and an error for an incomplete run.
import { type ProbeFinding, type ProbeResult, report } from '../../runtime/probe';

const run = { probe: 'a-probe', clause: 'TOM-7.4', deployment: 'production', namespace: 'Rempart/Probes', at: new Date(0) };
const found = (id: number): ProbeFinding => ({ id: String(id), resource: 'x', found: 'y\nz', required: 'w', fix: 'v' });

function reported(probed: ProbeResult): string[] {
  const lines: string[] = [];
  report(run, probed, (line) => lines.push(line));
  return lines;
}

test('a thousand findings are counted and the first hundred listed, on one line within the limit of a log event', () => {
  const [line = '', ...more] = reported({ looked: {}, findings: Array.from({ length: 1000 }, (_, id) => found(id)), unseen: [] });
  expect(more).toEqual([]);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  const evidence = JSON.parse(line);
  expect([evidence.Findings, evidence.findings.length, evidence.Completed]).toEqual([1000, 100, 1]);
  expect(Buffer.byteLength(line)).toBeLessThan(256 * 1024);
});

test('an incomplete run throws after its evidence is written', () => {
  const lines: string[] = [];
  const probed = { looked: {}, findings: [], unseen: ['keys: AccessDenied'] };
  expect(() => report(run, probed, (line) => lines.push(line))).toThrow(
    'a-probe: expected a complete run for production, got 1 failures, first: keys: AccessDenied; restore',
  );
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ Completed: 0, unseen: ['keys: AccessDenied'] });
});
