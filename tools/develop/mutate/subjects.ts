// The templates that a run changes, read from assemblies.
import { join } from 'node:path';
import { loadSite } from '../../../lib/config/load';
import { Assembly, type Template } from '../../../lib/tom/template/assembly';
import { readAssets } from '../../../lib/tom/template/assets';
import { factsOf } from '../../../lib/tom/template/read-assembly';
import { readStacks } from '../../synthesis/assembly';
import { projectRoot, siteLabel } from '../../synthesis/synthesize';
import { siteFolder } from '../../synthesis/synthesize-sites';
import type { Subject } from './mutants';
import type { MutatedSite } from './sites';

interface Place {
  /** Folder with one assembly for each site. */
  readonly folder: string;
  readonly site: MutatedSite;
}

/** The templates of a site. */
export function subjectIn({ folder, site: { workingDirectory = projectRoot, ...site } }: Place): Subject {
  const facts = factsOf(loadSite({ directory: join(workingDirectory, 'config'), ...site }));
  const stacks = readStacks(siteFolder(folder, site)).map(({ file, template, ...stack }) => ({
    ...stack,
    template: template as Template,
    assets: readAssets(file),
  }));
  return { label: siteLabel(site), assembly: new Assembly(facts, stacks) };
}
