// The steps of npm run check.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readStacks } from '../../synthesis/assembly';
import { projectRoot, reviewedSites, siteLabel } from '../../synthesis/synthesize';
import { siteFolder, synthesizeSites } from '../../synthesis/synthesize-sites';
import { command, type Step, type Verdict } from './step';

const installedTool = (name: string): string => join(projectRoot, 'node_modules/.bin', name);
const tool = (name: string, ...args: string[]) => command(process.execPath, ['--import', 'tsx', `tools/develop/${name}.ts`, ...args]);
const sources = ['bin', 'lib', 'lambda', 'services', 'runtime', 'tools', 'test'];

/** Steps on the sources, and the synth that the other steps need. */
export function sourceSteps(folder: string): readonly Step[] {
  const present = sources.filter((name) => existsSync(join(projectRoot, name)));
  return [
    { name: 'synthesis, with the validation of the library', run: () => synthesis(folder) },
    { name: 'types', run: () => command(installedTool('tsc'), ['-p', '.']) },
    {
      name: 'format and lint',
      run: () => command(installedTool('biome'), ['ci', '--colors=off', '--diagnostic-level=warn', '--error-on-warnings']),
    },
    { name: 'import boundaries', run: () => command(installedTool('depcruise'), ['--config', '.dependency-cruiser.cjs', ...present]) },
    { name: 'licences of what is bundled', run: () => tool('licences') },
    { name: 'dead code', run: () => command(installedTool('knip'), ['--treat-config-hints-as-errors']) },
    { name: 'config/schema.json', run: () => tool('schema', '--check') },
    { name: 'generated documents', run: () => tool('docs', '--check') },
  ];
}

/** Steps on the assemblies in `folder`. */
export function templateSteps(folder: string): readonly Step[] {
  return [
    { name: 'templates/', run: () => tool('templates', '--check', '--synthesized', folder) },
    { name: 'cfn-lint, in each region', run: () => cfnLint(folder) },
  ];
}

/** Every site synthesizes without a violation, and passes the library's validation for its region. */
async function synthesis(folder: string): Promise<Verdict> {
  const results = await synthesizeSites({ sites: reviewedSites, folder, validation: true });
  const failed = results.filter(({ status }) => status !== 0);
  const output = failed.map((site) => `${siteLabel(site)}:\n${site.stdout}${site.stderr}`).join('\n');
  return { status: failed.length > 0 ? 'failed' : 'passed', output };
}

/**
 * Lints the templates of each region with the resource types and values of that region. The settings are in
 * .cfnlintrc.yaml.
 */
async function cfnLint(folder: string): Promise<Verdict> {
  const templates = new Map<string, string[]>();
  for (const { region, file } of reviewedSites.flatMap((site) => readStacks(siteFolder(folder, site)))) {
    templates.set(region, [...(templates.get(region) ?? []), file]);
  }
  const absent = 'not on this machine; install it with: pipx install cfn-lint';
  const verdicts: Verdict[] = [];
  for (const [region, files] of templates) verdicts.push(await command('cfn-lint', ['--regions', region, '--', ...files], absent));
  const worst = verdicts.find(({ status }) => status !== 'passed') ?? verdicts[0];
  return worst
    ? { ...worst, output: [...new Set(verdicts.map(({ output }) => output))].join('\n') }
    : { status: 'failed', output: 'no template' };
}
