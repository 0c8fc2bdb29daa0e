// Each fault of issue 10, put back into the templates, is found by the rehearsal, or is outside it, with the reason.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate } from '../../../../lib/tom/evaluate';
import { rules } from '../../../../lib/tom/rules/all';
import type { Deployed } from '../../../../tools/rehearse/deployed';
import { deploymentRows } from '../../../../tools/rehearse/deployment-rows';
import { consequencesOf } from '../../../../tools/rehearse/release';
import type { Row } from '../../../../tools/rehearse/row';
import { projectRoot } from '../../../../tools/synthesis/synthesize';
import { behindCloudflare, type FoundFault, production, withoutCloudflare } from './fault';
import { foundFaults } from './found';
import { outsideFaults } from './outside';

/** Rows of section 1, and bullets of section 2. */
const ids = [...'abcdefghijklmn', ...Array.from({ length: 10 }, (_, index) => `2.${index + 1}`)];

test('every fault is in one of the tables', () => {
  expect([...new Set([...foundFaults, ...outsideFaults].map(({ id }) => id))].toSorted()).toEqual(ids.toSorted());
});

const rowsOf = async ({ part, before }: FoundFault, after: Deployed): Promise<readonly Row[]> =>
  part === 'release' && before
    ? consequencesOf('example', 'the release before', before(), after)
    : deploymentRows(after, 'example', [part]);

const shown = ({ outcome, subject, detail }: Row): string => `${outcome}: ${subject}: ${detail}`;

test.each(foundFaults.map((fault) => [fault.id, fault.what, fault] as const))(
  '%s: %s',
  async (_, __, fault) => {
    const found = (await rowsOf(fault, fault.put())).filter(({ outcome }) => outcome !== 'ok').map(shown);
    expect(found.filter((row) => row.startsWith(fault.outcome) && row.includes(fault.detail))).not.toEqual([]);
  },
  60_000,
);

test('none of them is found in the templates as they are', async () => {
  const details = foundFaults.map(({ detail }) => detail);
  const rows: Row[] = [];
  for (const deployed of [production, behindCloudflare(), withoutCloudflare()])
    rows.push(...(await deploymentRows(deployed, 'example', ['calls', 'services', 'flows', 'order', 'values'])));
  rows.push(...consequencesOf('example', 'Cloudflare', behindCloudflare(), withoutCloudflare()));
  const wrong = rows.filter(({ outcome }) => outcome !== 'ok').map(shown);
  expect(wrong.filter((row) => details.some((detail) => row.includes(detail)))).toEqual([]);
}, 120_000);

test.each(outsideFaults.map((fault) => [fault.id, fault.what, fault] as const))('outside, %s: %s', (_, __, { test: file, reason }) => {
  expect(existsSync(join(projectRoot, file))).toBe(true);
  expect(reason).not.toBe('');
});

/** The findings of a rule, by resource. */
function findingsOf(name: string, { assembly }: Deployed): readonly string[] {
  const [rule] = rules.filter((candidate) => candidate.name === name);
  if (!rule) throw new Error(`rule ${name}: expected a rule of the pack, got none`);
  return evaluate(assembly, [rule]).flatMap(({ resource, verdict, fatal }) =>
    typeof verdict === 'string' || fatal ? [] : verdict.map(({ id }) => `${resource?.logicalId} ${id}`),
  );
}

const judged = outsideFaults.flatMap(({ rule, put, ...fault }) => (rule && put ? [{ ...fault, rule, put }] : []));

test.each(judged.map((fault) => [fault.id, fault.rule, fault.put] as const))('outside, %s: the rule %s objects', (_, rule, put) => {
  const before = findingsOf(rule, production);
  expect(findingsOf(rule, put()).filter((finding) => !before.includes(finding))).not.toEqual([]);
});
