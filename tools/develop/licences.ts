// npm run licences: the licences of what is bundled into functions and services, and of what is not.
import { bundledFiles } from '../../lib/functions/bundle';
import { runTool } from '../command-line';
import { projectRoot } from '../synthesis/synthesize';
import { type InstalledPackage, licenceReport } from './licences/packages';
import { isPermissive, permissive } from './licences/permissive';

const usage = `npm run licences [-- options]

Lists the licences of the packages that are bundled into lambda/ and services/, and of all other installed packages, which synthesize,
check and test. Each bundled package must have one of these licences: ${permissive.join(', ')}.

  --json    print the packages as JSON
  --help    print this text

Exit codes: 0 each bundled package has a permissive licence, 1 one has not, 2 wrong options.`;

const options = { json: { type: 'boolean' } } as const;

runTool({ usage, options }, async ({ json = false }) => {
  const report = licenceReport(projectRoot, bundledFiles(projectRoot));
  const { bundled, others, refused } = report;
  if (json) console.log(JSON.stringify({ ok: refused.length === 0, ...report }, undefined, 2));
  else console.log([...table('bundled', bundled), ...table('not bundled', others), ...refused.map(objectionTo)].join('\n'));
  return refused.length > 0 ? 1 : 0;
});

/** A line for each licence with its count; the packages too where the licence is not permissive. */
function table(title: string, packages: readonly InstalledPackage[]): readonly string[] {
  const licences = [...new Set(packages.map(({ licence }) => licence))];
  const lines = licences.map((licence) => [licence, packages.filter((one) => one.licence === licence)] as const);
  return [
    `${title}: ${packages.length} packages`,
    ...lines
      .toSorted(([, first], [, second]) => second.length - first.length)
      .map(([licence, of]) => {
        const names = isPermissive(licence) ? '' : `  ${[...new Set(of.map(({ name }) => name))].join(', ')}`;
        return `  ${String(of.length).padStart(4)}  ${licence}${names}`;
      }),
  ];
}

function objectionTo({ name, version, licence, folder }: InstalledPackage): string {
  return `${folder}: expected a permissive licence, got ${licence} for ${name} ${version}; bundle another package, or none`;
}
