// The templates that the mutation run changes: production at both sites, read from assemblies.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { loadSite } from '../../../lib/config/load';
import { Assembly, type Template } from '../../../lib/tom/template/assembly';
import { readAssets } from '../../../lib/tom/template/assets';
import { factsOf } from '../../../lib/tom/template/read-assembly';
import { readStacks } from '../../synthesis/assembly';
import { type DeploymentSite, projectRoot, siteLabel } from '../../synthesis/synthesize';
import { siteFolder } from '../../synthesis/synthesize-sites';
import { type ClosedWorldResult, joinResults } from './closed-world-result';
import type { Subject } from './mutants';

export const mutatedSites: readonly DeploymentSite[] = [
  { deployment: 'production', site: 'home' },
  { deployment: 'production', site: 'recovery' },
];

interface Place {
  /** Folder with one assembly for each site. */
  readonly folder: string;
  readonly site: DeploymentSite;
}

/** The templates of a site. */
export function subjectIn({ folder, site }: Place): Subject {
  const facts = factsOf(loadSite({ directory: join(projectRoot, 'config'), ...site }));
  const stacks = readStacks(siteFolder(folder, site)).map(({ name, region, file, template }) => ({
    name,
    region,
    template: template as Template,
    assets: readAssets(file),
  }));
  return { label: siteLabel(site), assembly: new Assembly(facts, stacks) };
}

/** Request to the process that runs the closed-world run of one site. */
export interface ClosedWorldRequest extends Place {
  readonly only?: string;
}

/** The closed-world run of every site, each in a process of its own. */
export async function closedWorldRun(folder: string, only?: string): Promise<ClosedWorldResult> {
  return joinResults(await Promise.all(mutatedSites.map((site) => inProcess({ folder, site, ...(only === undefined ? {} : { only }) }))));
}

function inProcess(request: ClosedWorldRequest): Promise<ClosedWorldResult> {
  const child = fork(join(__dirname, 'closed-world-process.ts'), [], { execArgv: ['--import', 'tsx'] });
  return new Promise((resolve, reject) => {
    child.once('message', (result) => resolve(result as ClosedWorldResult));
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`the closed-world run of ${siteLabel(request.site)} ended with ${code} and without a result`)),
    );
    child.send(request);
  });
}
