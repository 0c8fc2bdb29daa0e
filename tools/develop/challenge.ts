// npm run challenge: applies each change of tools/develop/challenge, which breaks a promise, and requires an objection
// at the place of the change.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, UsageError } from '../command-line';
import { projectRoot } from '../synthesis/synthesize';
import { synthesizeSites, withTemporaryFolder } from '../synthesis/synthesize-sites';
import { missingRows } from './challenge/figures';
import { honestReport } from './challenge/honest/run';
import { challengedSite, challengeInParts, setNames, uniqueInParts } from './challenge/parts';
import { challengeReport } from './challenge/report';
import type { ChallengeResult } from './challenge/run';
import type { Uniqueness } from './challenge/unique';
import { uniqueReport } from './challenge/unique-report';

const usage = `npm run challenge [-- options]

Applies each change of tools/develop/challenge to the templates of production, one at a time, and evaluates all rules. A change of a set breaks a
promise of clauses.yaml; those of the first two were written without knowledge of the rules. Prints how many changes are objected to at the changed property,
with and without the rules declared-*, which object to nearly any change. Then applies honest changes, each with one declaration or none,
to which no rule may object. Exits with 1 if a set has fewer than 97 % of its changes objected to, docs/adr/0013 has other figures, or an honest
change has a finding.

  --set <name>            only this set: ${setNames.join(' or ')}
  --unique                instead, count the objections of each rule that no other rule of its clauses repeats: to the mutants of its guards
                          (the first place of each break), to its bypasses and to the challenges
  --json                  print the result as JSON
  --synthesized <folder>  read the assembly in this folder instead of synthesizing
  --help                  print this text`;

const options = {
  set: { type: 'string' },
  unique: { type: 'boolean' },
  json: { type: 'boolean' },
  synthesized: { type: 'string' },
} as const;

/** Part of a set, in percent, that must be objected to (issue 11, Proof). */
const leastScore = 97;

runTool({ usage, options }, async ({ set, unique = false, json = false, synthesized }) => {
  if (set !== undefined && !setNames.includes(set)) throw new UsageError(`--set: expected ${setNames.join(', ')}, got ${set}; choose one`);
  if (set !== undefined && unique) throw new UsageError('--unique: expected all sets, got --set; remove one of the two');
  const judge = async (folder: string): Promise<number> => {
    if (unique) return printUnique(await uniqueInParts(folder), json);
    const chosen = set === undefined ? setNames : [set];
    console.error(`challenging with ${chosen.join(', ')}`);
    const challenged = await challengeInParts(folder, chosen);
    const { sets, honest } = challenged;
    const reports = [...sets.map(challengeReport), ...(honest.length > 0 ? [honestReport(honest)] : [])];
    console.log(json ? JSON.stringify(challenged, undefined, 2) : reports.join('\n\n'));
    const isObjected = sets.every(({ all, objected }) => objected * 100 >= all * leastScore);
    if (set === undefined && !areDocumented(sets)) return 1;
    return isObjected && honest.every(({ findings }) => findings.length === 0) ? 0 : 1;
  };
  // The folder stays until the end: rules read the files of functions and servers in it.
  if (synthesized !== undefined) return judge(synthesized);
  return withTemporaryFolder('challenge', async (folder) => {
    await synthesizeSites({ sites: [challengedSite], folder, validation: false });
    return judge(folder);
  });
});

const figuresFile = 'docs/adr/0013-a-closed-world.md';

/** Whether the documentation has the figures of the sets. */
function areDocumented(sets: readonly ChallengeResult[]): boolean {
  const missing = missingRows(sets, readFileSync(join(projectRoot, figuresFile), 'utf8'));
  for (const row of missing) console.error(`${figuresFile}: expected the row ${row}, got another; correct it`);
  return missing.length === 0;
}

function printUnique(rows: readonly Uniqueness[], json: boolean): 0 {
  console.log(json ? JSON.stringify(rows, undefined, 2) : uniqueReport(rows));
  return 0;
}
