// npm run mutate: breaks the templates of every site property by property, adds bypasses and whatever does not occur,
// and requires an objection to each.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { currentRecord } from '../../lib/tom/mutation-record';
import { rules as allRules } from '../../lib/tom/rules/all';
import { runTool, UsageError } from '../command-line';
import { siteLabel } from '../synthesis/synthesize';
import { siteFolder, synthesizeSites, withTemporaryFolder } from '../synthesis/synthesize-sites';
import { closedWorldReport } from './mutate/closed-world-report';
import { isSound } from './mutate/closed-world-result';
import { type Chosen, mutateInParts } from './mutate/parts';
import { recordOf, writeRecord } from './mutate/record';
import { reportOf } from './mutate/report';
import { exitCodeOf } from './mutate/run';
import { type MutatedSite, mutatedSites } from './mutate/sites';

const labels = mutatedSites.map(siteLabel);

const usage = `npm run mutate [-- options]

Synthesizes ${labels.join(', ')}; full and imported are
tools/develop/mutate/variants, with the options that the others leave off. Breaks one guarded property at a time and evaluates the rule
that guards it; adds one bypass at a time, resources that would circumvent a rule, and evaluates that rule. Then mutates every property of
every resource of each site, guarded or not, adds what does not occur, and requires an objection of any rule or an entry in the list of
harmless properties. Exits with 1 if a rule does not object, a guard matches nothing, or a rule reads a property that it neither guards nor
lists in reads.

  --rule <name>           only this rule, without the mutation of every property
  --only <text>           only the mutation of every property, of resources whose stack, logical id or type has the text
  --site <name>           only this site, as in production-recovery; can be repeated
  --record                write lib/tom/mutation-record.json, from which npm start prints the mutants of each clause
  --json                  print the result as JSON
  --synthesized <folder>  read the assemblies in this folder, one per site, instead of synthesizing
  --help                  print this text`;

const options = {
  rule: { type: 'string' },
  only: { type: 'string' },
  site: { type: 'string', multiple: true },
  record: { type: 'boolean' },
  json: { type: 'boolean' },
  synthesized: { type: 'string' },
} as const;

runTool({ usage, options }, async ({ rule, only, site: names = labels, record = false, json = false, synthesized }) => {
  if (rule !== undefined && !allRules.some(({ name }) => name === rule))
    throw new UsageError(`--rule: expected one of ${allRules.map(({ name }) => name).join(', ')}, got ${rule}; choose one of them`);
  const stranger = names.find((name) => !labels.includes(name));
  if (stranger !== undefined) throw new UsageError(`--site: expected one of ${labels.join(', ')}, got ${stranger}; choose one of them`);
  const sites = mutatedSites.filter((site) => names.includes(siteLabel(site)));
  const isComplete = rule === undefined && only === undefined && sites.length === mutatedSites.length;
  if (record && !isComplete) throw new UsageError('--record: expected a complete run, got --rule, --only or --site; remove one of the two');
  const start = performance.now();
  const chosen: Chosen = {
    sites,
    rules: only === undefined ? allRules.map(({ name }) => name).filter((name) => rule === undefined || name === rule) : [],
    everything: rule !== undefined ? 'none' : only === undefined ? 'all' : { only },
  };
  const run = (folder: string) => mutateIn(folder, chosen, { isComplete, record, json });
  const code = synthesized ? await run(synthesized) : await withTemporaryFolder('mutate', (folder) => synthesizeThen(folder, sites, run));
  console.error(`${((performance.now() - start) / 1000).toFixed(1)} s`);
  return code;
});

interface Output {
  readonly isComplete: boolean;
  readonly record: boolean;
  readonly json: boolean;
}

async function mutateIn(folder: string, chosen: Chosen, { isComplete, record, json }: Output): Promise<0 | 1> {
  const { guarded, world } = await mutateInParts(folder, chosen);
  if (json) console.log(JSON.stringify({ ...guarded, everything: world }, undefined, 2));
  else console.log([...(guarded ? [reportOf(guarded)] : []), ...(world ? [closedWorldReport(world)] : [])].join('\n\n'));
  const sound = (guarded === undefined || exitCodeOf(guarded) === 0) && (world === undefined || isSound(world));
  if (!sound || !isComplete || !guarded || !world) return sound ? 0 : 1;
  if (record) writeRecord(recordOf(guarded, world));
  else if (currentRecord() === undefined) {
    console.error('lib/tom/mutation-record.json: expected the record of this state, got another; run npm run mutate -- --record');
    return 1;
  }
  return 0;
}

async function synthesizeThen(folder: string, sites: readonly MutatedSite[], run: (folder: string) => Promise<0 | 1>): Promise<0 | 1> {
  console.error(`synthesizing ${sites.map(siteLabel).join(', ')}`);
  const results = await synthesizeSites({ sites, folder, validation: false });
  for (const { stdout, stderr, status, ...site } of results) {
    // Templates with findings can still be mutated; without templates there is nothing to mutate.
    if (!existsSync(join(siteFolder(folder, site), 'manifest.json')))
      throw new Error(`${siteLabel(site)}: no templates\n${stdout}${stderr}`);
    if (status !== 0) console.error(`${siteLabel(site)}: the synth has findings; npm start lists them`);
  }
  return run(folder);
}
