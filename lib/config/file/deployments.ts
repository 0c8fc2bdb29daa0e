// The deployments of a configuration folder, and the choice of a deployment and its site.
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import type { SiteName } from '../site';
import { nearest } from './nearest';
import { type Result, show, systemError, throwIfAny } from './problem';

/** Names of stacks, roles and buckets contain the name of the deployment; AWS limits their length and case. */
const longestName = 24;
/** S3 keeps these beginnings of bucket names for itself ("General purpose bucket naming rules"). */
const reserved = /^(?:sthree|amzn-s3-demo)(?:-|$)/;
const isDeploymentName = (name: string): boolean =>
  name.length <= longestName && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && !reserved.test(name);

const siteNames: readonly SiteName[] = ['home', 'recovery'];

/** The name of a deployment's file in errors, independent of the folder's location. */
export const fileName = (directory: string, deployment: string): string => `${basename(directory)}/${deployment}.yaml`;

/**
 * Names of the deployments that a folder configures, sorted: one for each file `<name>.yaml` with a name in
 * kebab-case. Other files are ignored. Throws a ConfigurationError if the folder cannot be read.
 */
export function deploymentsIn(directory: string): readonly string[] {
  let files: readonly string[] = [];
  try {
    files = readdirSync(directory);
  } catch (error) {
    const expected = 'a folder with a YAML file for each deployment';
    throwIfAny([
      { where: `${basename(directory)}/`, expected, got: systemError(error), todo: 'run the command where the configuration folder is' },
    ]);
  }
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .filter(isDeploymentName)
    .toSorted();
}

/** The deployment that `-c deployment=` names; production without it. */
export function chooseDeployment(directory: string, known: readonly string[], wanted: unknown): Result<string> {
  const name = wanted === undefined ? 'production' : wanted;
  if (typeof name === 'string' && known.includes(name)) return { value: name, problems: [] };
  const expected = known.length > 0 ? `one of ${known.join(', ')}` : `a deployment, but ${basename(directory)}/ has none`;
  let todo = 'name one of the deployments';
  if (typeof name === 'string' && isDeploymentName(name)) {
    const near = nearest(name, known);
    todo = `${near ? `use -c deployment=${near}, or ` : ''}add ${fileName(directory, name)}`;
  }
  return { problems: [{ where: '-c deployment', expected, got: show(name), todo }] };
}

/** The site that `-c site=` names; home without it. */
export function chooseSite(wanted: unknown): Result<SiteName> {
  const site = wanted === undefined ? 'home' : siteNames.find((name) => name === wanted);
  if (site) return { value: site, problems: [] };
  const todo = 'use -c site=recovery to build the deployment in its recovery region';
  return { problems: [{ where: '-c site', expected: `one of ${siteNames.join(', ')}`, got: show(wanted), todo }] };
}
