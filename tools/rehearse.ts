// npm run rehearse: what can be known of a deployment without an account.
import { loadSite } from '../lib/config/load';
import { runTool, UsageError } from './command-line';
import { certificateRows } from './rehearse/call-rows';
import { readDeployed } from './rehearse/deployed';
import { deploymentRows } from './rehearse/deployment-rows';
import { rehearseRelease } from './rehearse/release';
import { type Outcome, type Part, parts, type Row } from './rehearse/row';
import { rehearsalTable } from './rehearse/table';
import { rehearseUpdates } from './rehearse/updates';
import { type DeploymentSite, projectRoot, reviewedSites, siteLabel } from './synthesis/synthesize';
import { siteFolder, synthesizeSites, withTemporaryFolder } from './synthesis/synthesize-sites';

const usage = `npm run rehearse [-- options]

Rehearses the deployments of config/ without an account, on the synthesized templates:

  calls     each call of each role, through its permissions, the permissions boundary, and the policies of resource and endpoint;
            each permission, which a call declares; and the sessions of people from each network
  services  each request that an AWS service makes for the deployment, the same for a stranger, and what is refused to everybody
  flows     each declared flow through subnets, routes, endpoints, firewalls, groups and access lists; and each way, which is declared
  order     what runs during a creation, and what it needs by then
  values    each tag, name and description, in the form that its service takes
  updates   each setting with another value: updated, replaced or refused, and the effect that the description states
  release   the last release, or without one the merge base or the parent commit, against this one: data, exports, fixed names and migrations

  --part <name>           only this part; several are separated by commas
  --from <ref>            the state to compare with: by default the newest tag, else the merge base with origin/main, else the parent commit
  --synthesized <folder>  read the assemblies in this folder, one per site, instead of synthesizing
  --all                   list the rows that are in order, too
  --json                  print the rows as JSON
  --help                  print this text

Exit codes: 0 everything would work, 1 something would not, 2 wrong options.`;

const options = {
  part: { type: 'string' },
  from: { type: 'string' },
  synthesized: { type: 'string' },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** Outcomes of a deployment that would work. */
const passing: readonly Outcome[] = ['ok', 'review', 'left out'];

runTool({ usage, options }, async ({ part, from, synthesized, all = false, json = false }) => {
  const wanted = partsOf(part);
  const rows: Row[] = [];
  const rehearseIn = async (folder: string): Promise<void> => {
    for (const site of reviewedSites) rows.push(...(await siteRows(site, folder, wanted)));
  };
  const perSite = wanted.some((name) => name !== 'updates' && name !== 'release');
  if (perSite && synthesized) await rehearseIn(synthesized);
  else if (perSite) await withTemporaryFolder('rehearse', (folder) => synthesizeThen(folder, rehearseIn));
  if (wanted.includes('calls')) rows.push(...(await certificateRows()));
  if (wanted.includes('updates')) {
    console.error('rehearsing updates');
    rows.push(...rehearseUpdates());
  }
  if (wanted.includes('release')) rows.push(...(await rehearseRelease({ root: projectRoot, ...(from === undefined ? {} : { from }) })));
  console.log(json ? JSON.stringify(rows, undefined, 2) : rehearsalTable(rows, { all }));
  return rows.every(({ outcome }) => passing.includes(outcome)) ? 0 : 1;
});

function partsOf(part: string | undefined): readonly Part[] {
  if (part === undefined) return parts;
  return part.split(',').map((name) => {
    const found = parts.find((candidate) => candidate === name.trim());
    if (!found) throw new UsageError(`--part: expected ${parts.join(', ')}, got ${name}; choose one of them`);
    return found;
  });
}

async function siteRows(site: DeploymentSite, folder: string, wanted: readonly Part[]): Promise<readonly Row[]> {
  console.error(`rehearsing ${siteLabel(site)}`);
  const deployed = readDeployed(siteFolder(folder, site), loadSite({ directory: `${projectRoot}/config`, ...site }));
  return deploymentRows(deployed, siteLabel(site), wanted);
}

async function synthesizeThen(folder: string, rehearse: (folder: string) => Promise<void>): Promise<void> {
  console.error(`synthesizing ${reviewedSites.map(siteLabel).join(', ')}`);
  await synthesizeSites({ sites: reviewedSites, folder, validation: false });
  await rehearse(folder);
}
