// The readable templates: which files there are, what each holds, and how they differ from those in templates/.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JsonObject } from '../../../lib/tom/template/assembly';
import { readJson, readStacks, type SynthesizedStack } from '../../synthesis/assembly';
import { type DeploymentSite, siteLabel } from '../../synthesis/synthesize';
import { siteFolder } from '../../synthesis/synthesize-sites';
import { assetNames, Masks } from './masks';
import { readableTemplate } from './readable';

/** Text of each file by its path below templates/, as in `production/network.yaml`. */
export type Templates = ReadonlyMap<string, string>;

/** The readable templates of sites that `synthesizeSites` has put into `folder`. */
export function templatesOf(folder: string, sites: readonly DeploymentSite[]): Templates {
  return new Map(
    sites.flatMap((site) =>
      readStacks(siteFolder(folder, site)).map((stack) => {
        const file = `${siteLabel(site)}/${stack.name.replace(`${site.deployment}-`, '')}.yaml`;
        return [file, readableStack(stack)] as const;
      }),
    ),
  );
}

function readableStack({ name, region, file, template }: SynthesizedStack): string {
  const assets = file.replace('.template.json', '.assets.json');
  const masks = new Masks(existsSync(assets) ? assetNames(name, readJson(assets) as object) : new Map());
  return readableTemplate(template as JsonObject, `${name} in ${region}, for reading. Written by: npm run templates`, masks);
}

export interface Difference {
  readonly file: string;
  readonly state: 'missing' | 'stale' | 'superfluous';
}

/** How the files in `root` differ from what they should be. */
export function differences(root: string, templates: Templates): readonly Difference[] {
  const present = filesIn(root);
  const wanted = [...templates].flatMap(([file, text]): Difference[] => {
    if (!present.includes(file)) return [{ file, state: 'missing' }];
    return readFileSync(join(root, file), 'utf8') === text ? [] : [{ file, state: 'stale' }];
  });
  const superfluous = present.filter((file) => !templates.has(file)).map((file): Difference => ({ file, state: 'superfluous' }));
  return [...wanted, ...superfluous];
}

/** Makes the files in `root` what they should be. */
export function write(root: string, templates: Templates): void {
  for (const { file, state } of differences(root, templates)) {
    const path = join(root, file);
    if (state === 'superfluous') {
      rmSync(path);
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, templates.get(file) ?? '');
  }
}

function filesIn(root: string): readonly string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
