// npm run templates: writes the synthesized templates into templates/ in readable form; with --check it only compares.
import { join } from 'node:path';
import { colours, runTool } from '../command-line';
import { projectRoot, reviewedSites, siteLabel } from '../synthesis/synthesize';
import { synthesizeSites, withTemporaryFolder } from '../synthesis/synthesize-sites';
import { differences, type Templates, templatesOf, write } from './templates/templates';

const usage = `npm run templates [-- options]

Synthesizes ${reviewedSites.map(siteLabel).join(', ')} and writes the templates into templates/, in stable order, with asset
hashes masked and the clauses that each resource serves.

  --check                 write nothing; exit with 1 and a list if a file is stale, missing or superfluous
  --synthesized <folder>  read the assemblies in this folder, one per site, instead of synthesizing
  --help                  print this text`;

const options = { check: { type: 'boolean' }, synthesized: { type: 'string' } } as const;

function update(templates: Templates, check: boolean): number {
  const root = join(projectRoot, 'templates');
  const different = differences(root, templates);
  if (!check) write(root, templates);
  for (const { file, state } of different)
    console.log(check ? `${colours.red(state)} templates/${file}` : `${written[state]} templates/${file}`);
  if (different.length === 0) console.log(`${templates.size} templates are up to date`);
  else if (check) console.log('Run npm run templates and review the changes.');
  return check && different.length > 0 ? 1 : 0;
}

const written = { missing: 'added', stale: 'changed', superfluous: 'removed' } as const;

runTool({ usage, options }, ({ check = false, synthesized }) =>
  synthesized
    ? Promise.resolve(update(templatesOf(synthesized, reviewedSites), check))
    : withTemporaryFolder('templates', async (folder) => {
        const results = await synthesizeSites({ sites: reviewedSites, folder, validation: false });
        const failed = results.filter(({ status }) => status !== 0);
        for (const site of failed) console.error(`${siteLabel(site)}: the synth failed\n${site.stdout}${site.stderr}`);
        return failed.length > 0 ? 1 : update(templatesOf(folder, reviewedSites), check);
      }),
);
