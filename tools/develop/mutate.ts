// npm run mutate: breaks the production templates property by property, adds bypasses, and requires the rule to object
// to each.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadSite } from '../../lib/config/load';
import type { Rule } from '../../lib/tom/rule';
import { rules as allRules } from '../../lib/tom/rules/all';
import { Assembly, type Template } from '../../lib/tom/template/assembly';
import { readAssets } from '../../lib/tom/template/assets';
import { factsOf } from '../../lib/tom/template/read-assembly';
import { runTool, UsageError } from '../command-line';
import { readStacks } from '../synthesis/assembly';
import { type DeploymentSite, projectRoot, siteLabel } from '../synthesis/synthesize';
import { siteFolder, synthesizeSites, withTemporaryFolder } from '../synthesis/synthesize-sites';
import { mutateEverything } from './mutate/closed-world';
import { closedWorldReport } from './mutate/closed-world-report';
import type { Subject } from './mutate/mutants';
import { reportOf } from './mutate/report';
import { exitCodeOf, mutate } from './mutate/run';

const sites: readonly DeploymentSite[] = [
  { deployment: 'production', site: 'home' },
  { deployment: 'production', site: 'recovery' },
];

const usage = `npm run mutate [-- options]

Synthesizes ${sites.map(siteLabel).join(' and ')}, breaks one guarded property at a time and evaluates the rule that guards it; adds one
bypass at a time, resources that would circumvent a rule, and evaluates that rule. Exits with 1 if a rule does not object, a guard
matches nothing, or a rule reads a property that it neither guards nor lists in reads.

  --rule <name>           only this rule
  --only <text>           mutate every property, but only of resources whose stack, logical id or type has the text
  --json                  print the result as JSON
  --synthesized <folder>  read the assemblies in this folder, one per site, instead of synthesizing
  --help                  print this text`;

const options = { rule: { type: 'string' }, only: { type: 'string' }, json: { type: 'boolean' }, synthesized: { type: 'string' } } as const;

runTool({ usage, options }, async ({ rule, only, json = false, synthesized }) => {
  const rules = allRules.filter(({ name }) => rule === undefined || name === rule);
  if (rules.length === 0)
    throw new UsageError(`--rule: expected one of ${allRules.map(({ name }) => name).join(', ')}, got ${rule}; choose one of them`);
  const start = performance.now();
  const subjects = synthesized ? subjectsIn(synthesized) : await withTemporaryFolder('mutate', synthesizedSubjects);
  if (only !== undefined) {
    const everything = mutateEverything(closedWorldFirst(rules), subjects, {
      only,
      progress: (label) => console.error(`mutating ${label}`),
    });
    console.log(json ? JSON.stringify(everything, undefined, 2) : closedWorldReport(everything));
    return everything.survivors.length === 0 ? 0 : 1;
  }
  const result = mutate(rules, subjects, ({ name }) => console.error(`mutating for ${name}`));
  console.log(json ? JSON.stringify(result, undefined, 2) : reportOf(result));
  console.error(`${((performance.now() - start) / 1000).toFixed(1)} s`);
  return exitCodeOf(result);
});

/** The rules of the closed world first: they decide most mutants. */
function closedWorldFirst(rules: readonly Rule[]): readonly Rule[] {
  return rules.toSorted((a, b) => Number(b.name.startsWith('declared-')) - Number(a.name.startsWith('declared-')));
}

async function synthesizedSubjects(folder: string): Promise<readonly Subject[]> {
  console.error(`synthesizing ${sites.map(siteLabel).join(' and ')}`);
  const results = await synthesizeSites({ sites, folder, validation: false });
  for (const { stdout, stderr, status, ...site } of results) {
    // Templates with findings can still be mutated; without templates there is nothing to mutate.
    if (!existsSync(join(siteFolder(folder, site), 'manifest.json')))
      throw new Error(`${siteLabel(site)}: no templates\n${stdout}${stderr}`);
    if (status !== 0) console.error(`${siteLabel(site)}: the synth has findings; npm start lists them`);
  }
  return subjectsIn(folder);
}

function subjectsIn(folder: string): readonly Subject[] {
  return sites.map((site) => {
    const facts = factsOf(loadSite({ directory: join(projectRoot, 'config'), ...site }));
    const stacks = readStacks(siteFolder(folder, site)).map(({ name, region, file, template }) => ({
      name,
      region,
      template: template as Template,
      assets: readAssets(file),
    }));
    return { label: siteLabel(site), assembly: new Assembly(facts, stacks) };
  });
}
