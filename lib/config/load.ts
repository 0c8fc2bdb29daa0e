// Loads the configuration of one deployment: everything that is wrong is told at once, and nothing is returned then.
import { join } from 'node:path';
import { crossChecks } from './checks/cross-checks';
import { checkSeparation } from './checks/separation';
import type { ConfigurationFile } from './file/configuration-file';
import { chooseDeployment, chooseSite, deploymentsIn, fileName } from './file/deployments';
import { parseYaml } from './file/parse-yaml';
import { type Problem, throwIfAny } from './file/problem';
import { readText } from './file/read-text';
import { checkSchema } from './file/schema-check';
import { validSettings } from './file/schema-walk';
import type { Settings } from './settings/settings';
import { type Site, siteOf } from './site';

export { deploymentsIn } from './file/deployments';
export { ConfigurationError, type Problem } from './file/problem';

export interface SiteRequest {
  /** The folder with one YAML file per deployment. */
  readonly directory: string;
  /** Name of the deployment, as it comes from the command line. @default 'production' */
  readonly deployment?: unknown;
  /** 'home' or 'recovery', as it comes from the command line. @default 'home' */
  readonly site?: unknown;
}

/**
 * The deployment at the site that is asked for. Reads files and nothing else; throws one ConfigurationError with all problems: of the
 * request, of the YAML, of the schema, and between settings as far as these are valid by themselves.
 */
export function loadSite({ directory, deployment: wantedDeployment, site: wantedSite }: SiteRequest): Site {
  const problems: Problem[] = [];
  const known = deploymentsIn(directory);
  const deployment = chooseDeployment(directory, known, wantedDeployment, problems);
  const site = chooseSite(wantedSite, problems);
  const others = known.filter((name) => name !== deployment);
  const settings = deployment === undefined ? undefined : loadSettings(directory, deployment, others, problems);
  throwIfAny(problems);
  if (deployment === undefined || site === undefined || settings === undefined) throw new Error('settings are missing without a problem');
  return siteOf(deployment, site, settings, others);
}

function loadSettings(directory: string, deployment: string, others: readonly string[], problems: Problem[]): Settings | undefined {
  const name = fileName(directory, deployment);
  const read = readText(join(directory, `${deployment}.yaml`), name);
  if ('problem' in read) {
    problems.push(read.problem);
    return undefined;
  }
  const file = parseYaml(name, read.text);
  const settings = file.wellFormed ? checkSchema(file) : undefined;
  const ofOthers = file.wellFormed ? checkBetween(file, directory, others) : [];
  problems.push(...file.problems, ...ofOthers);
  return settings;
}

/** Rules between settings, and between this deployment and the others, over what is valid in the file. */
function checkBetween(file: ConfigurationFile, directory: string, others: readonly string[]): readonly Problem[] {
  const valid = validSettings(file.content);
  for (const check of crossChecks) {
    for (const { got, ...objection } of check(valid)) {
      file.object({ ...objection, got: file.has(objection.path) ? got : `${got}, the default` });
    }
  }
  return checkSeparation(file, valid, directory, others);
}
