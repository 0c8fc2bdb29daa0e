// npm run challenge: applies each change of tools/develop/challenge, which breaks a promise, and requires an objection
// at the place of the change.
import { join } from 'node:path';
import { loadSite } from '../../lib/config/load';
import { rules } from '../../lib/tom/rules/all';
import { Assembly, type Template } from '../../lib/tom/template/assembly';
import { readAssets } from '../../lib/tom/template/assets';
import { factsOf } from '../../lib/tom/template/read-assembly';
import { runTool, UsageError } from '../command-line';
import { readStacks } from '../synthesis/assembly';
import { projectRoot } from '../synthesis/synthesize';
import { siteFolder, synthesizeSites, withTemporaryFolder } from '../synthesis/synthesize-sites';
import { honestChanges } from './challenge/honest';
import { honestReport, runHonest } from './challenge/honest/run';
import { challengeReport } from './challenge/report';
import { type ChallengeResult, runChallenges } from './challenge/run';
import { challengeSets } from './challenge/sets';

const honest = 'honest';
const site = { deployment: 'production', site: 'home' } as const;

const usage = `npm run challenge [-- options]

Applies each change of tools/develop/challenge to the templates of production, one at a time, and evaluates all rules. A change of a set breaks a
promise of clauses.yaml; it was written without knowledge of the rules. Prints how many changes are objected to at the changed property,
with and without the rules declared-*, which object to nearly any change. Then applies honest changes, each with one declaration or none,
to which no rule may object. Exits with 1 if a set has fewer than 97 % of its changes objected to, or an honest change has a finding.

  --set <name>            only this set: ${[...Object.keys(challengeSets), honest].join(' or ')}
  --json                  print the result as JSON
  --synthesized <folder>  read the assembly in this folder instead of synthesizing
  --help                  print this text`;

const options = { set: { type: 'string' }, json: { type: 'boolean' }, synthesized: { type: 'string' } } as const;

/** Part of a set, in percent, that must be objected to (issue 11, Proof). */
const leastScore = 97;

runTool({ usage, options }, async ({ set, json = false, synthesized }) => {
  const known = [...Object.keys(challengeSets), honest];
  if (set !== undefined && !known.includes(set)) throw new UsageError(`--set: expected ${known.join(', ')}, got ${set}; choose one`);
  const judge = (assembly: Assembly): number => {
    const sets = Object.entries(challengeSets).filter(([name]) => set === undefined || name === set);
    const results: ChallengeResult[] = sets.map(([name, challenges]) => {
      console.error(`challenging with the set ${name}`);
      return runChallenges(name, challenges, rules, assembly);
    });
    const changes = set === undefined || set === honest ? runHonest(honestChanges, rules, assembly) : [];
    const reports = [...results.map(challengeReport), ...(changes.length > 0 ? [honestReport(changes)] : [])];
    console.log(json ? JSON.stringify({ sets: results, honest: changes }, undefined, 2) : reports.join('\n\n'));
    const isObjected = results.every(({ all, objected }) => objected * 100 >= all * leastScore);
    return isObjected && changes.every(({ findings }) => findings.length === 0) ? 0 : 1;
  };
  // The folder stays until the end: rules read the files of functions and servers in it.
  return synthesized
    ? judge(assemblyIn(synthesized))
    : withTemporaryFolder('challenge', async (folder) => judge(await synthesizedAssembly(folder)));
});

async function synthesizedAssembly(folder: string): Promise<Assembly> {
  await synthesizeSites({ sites: [site], folder, validation: false });
  return assemblyIn(folder);
}

function assemblyIn(folder: string): Assembly {
  const facts = factsOf(loadSite({ directory: join(projectRoot, 'config'), ...site }));
  const stacks = readStacks(siteFolder(folder, site)).map(({ name, region, file, template }) => ({
    name,
    region,
    template: template as Template,
    assets: readAssets(file),
  }));
  return new Assembly(facts, stacks);
}
