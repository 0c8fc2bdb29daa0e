// Loads the configuration of one deployment: read, parse, check. Reports all problems at once.
import { join } from 'node:path';
import { exemptionsCurrent } from './checks/access-checks';
import { crossChecks } from './checks/cross-checks';
import { checkSeparation } from './checks/separation';
import type { ConfigurationFile } from './file/configuration-file';
import { chooseDeployment, chooseSite, deploymentsIn, fileName } from './file/deployments';
import { parseYaml } from './file/parse-yaml';
import { inLineOrder, type Objection, type Result, throwIfAny } from './file/problem';
import { readText } from './file/read-text';
import { checkSchema } from './file/schema-check';
import { type ValidParts, validSettings } from './file/schema-walk';
import type { Settings } from './settings/settings';
import { type Site, siteOf } from './site';

export { deploymentsIn } from './file/deployments';
export { ConfigurationError, type Problem } from './file/problem';

export interface SiteRequest {
  /** The folder with one YAML file per deployment. */
  readonly directory: string;
  /** Name of the deployment, as given on the command line. @default 'production' */
  readonly deployment?: unknown;
  /** 'home' or 'recovery', as given on the command line. @default 'home' */
  readonly site?: unknown;
  /**
   * The day on which exemptions must be valid. @default - none: for tools that read a configuration and deploy nothing
   */
  readonly today?: Date;
}

/**
 * The requested deployment at the requested site. Reads files and nothing else; throws one ConfigurationError with all
 * problems: of the request, of the YAML, of the schema, and between settings as far as these are valid by themselves.
 */
export function loadSite({ directory, deployment: wantedDeployment, site: wantedSite, today }: SiteRequest): Site {
  const known = deploymentsIn(directory);
  const { value: deployment, problems: deploymentProblems } = chooseDeployment(directory, known, wantedDeployment);
  const { value: site, problems: siteProblems } = chooseSite(wantedSite);
  const others = known.filter((name) => name !== deployment);
  const { value: settings, problems }: Result<Settings> =
    deployment === undefined ? { problems: [] } : loadSettings(directory, deployment, others, today);
  throwIfAny([...deploymentProblems, ...siteProblems, ...problems]);
  if (deployment === undefined || site === undefined || settings === undefined) throw new Error('settings are missing without a problem');
  return siteOf(deployment, site, settings, others);
}

function loadSettings(directory: string, deployment: string, others: readonly string[], today: Date | undefined): Result<Settings> {
  const name = fileName(directory, deployment);
  const read = readText(join(directory, `${deployment}.yaml`), name);
  if ('problem' in read) return { problems: [read.problem] };
  const { file, wellFormed, problems } = parseYaml(name, read.text);
  if (!wellFormed) return { problems: inLineOrder(problems) };
  const valid = validSettings(file.content);
  const schema = checkSchema(file);
  const separation = checkSeparation(file, valid, directory, others);
  const expired = today === undefined ? [] : exemptionsCurrent(valid, today);
  const objections = [...schema.objections, ...objectionsBetween(file, valid), ...expired, ...separation.objections];
  const ownProblems = inLineOrder([...problems, ...objections.map((objection) => file.place(objection))]);
  return { value: schema.value, problems: [...ownProblems, ...separation.problems] };
}

/** Objections of the rules between settings, over the settings that are valid by themselves. */
function objectionsBetween(file: ConfigurationFile, valid: ValidParts<Settings>): readonly Objection[] {
  return crossChecks
    .flatMap((check) => check(valid))
    .map((objection) => (file.has(objection.path) ? objection : { ...objection, got: `${objection.got}, the default` }));
}
