// Accounts and account-wide settings that deployments must not share: the only check that reads the files of other
// deployments.
import { join } from 'node:path';
import type { ConfigurationFile } from '../file/configuration-file';
import { fileName } from '../file/deployments';
import { parseYaml } from '../file/parse-yaml';
import { inLineOrder, type Objection, type Problem, quote, show } from '../file/problem';
import { readText } from '../file/read-text';
import { isGroup, type ValidParts, validSettings } from '../file/schema-walk';
import type { Settings } from '../settings/settings';

type Facts = Pick<ValidParts<Settings>, 'account' | 'environment' | 'region' | 'network' | 'access'>;

/**
 * Objects to an account that production shares with another environment (TOM-7.3, DSS-5.2), and, in an account that
 * may be shared, to a second deployment that holds what a region has once: VPC Block Public Access, and the analyzer
 * of access. Other settings of the other files are not read, valid or not. A file without a readable account or
 * environment is a problem of its own, but only if this deployment names its account: without one there is nothing to
 * compare, and a half-edited staging must not stop a production.
 *
 * Deployments without an account use that of the current credentials, the same one for all unless somebody changes
 * them: a second holder is found there too. Production is excluded: it holds both in an account of its own.
 */
export function checkSeparation(file: ConfigurationFile, own: Facts, directory: string, others: readonly string[]): Separation {
  const found = others.map((other) => compareWith(other, file, own, directory));
  return { objections: found.flatMap(({ objections }) => objections), problems: found.flatMap(({ problems }) => problems) };
}

interface Separation {
  /** Objections to the deployment's own file. */
  readonly objections: readonly Objection[];
  /** Problems of other files. */
  readonly problems: readonly Problem[];
}

const objectionsToFile = (...objections: readonly Objection[]): Separation => ({ objections, problems: [] });
const problemOfOther = (problem: Problem): Separation => ({ objections: [], problems: [problem] });

function compareWith(other: string, file: ConfigurationFile, own: Facts, directory: string): Separation {
  const { account, environment } = own;
  if (environment === undefined) return objectionsToFile();
  if (account === undefined) {
    return file.has(['account']) ? objectionsToFile() : compareInCurrentAccount(other, file, own, directory);
  }
  const name = fileName(directory, other);
  const read = otherFileOf(directory, other);
  if ('problem' in read) return problemOfOther(read.problem);
  const { file: otherFile, facts } = read;
  if (lacksAccount(otherFile) || (facts.account !== undefined && facts.account !== account)) return objectionsToFile();
  if (facts.account === undefined) return problemOfOther(unclearProblem(otherFile, 'account', 'twelve digits in quotes'));
  if (facts.environment === undefined) return problemOfOther(unclearProblem(otherFile, 'environment', 'a valid environment'));
  if ((facts.environment === 'production') !== (environment === 'production')) {
    const todo = 'give production an account of its own (TOM-7.3)';
    return objectionsToFile({
      path: ['account'],
      expected: `an account that ${name} does not have`,
      got: `${quote(account)} in both`,
      todo,
    });
  }
  return objectionsToFile(...secondHolderObjections(file, own, facts, name));
}

/** Without an account: the other deployments without one. A defect of their files does not concern this deployment. */
function compareInCurrentAccount(other: string, file: ConfigurationFile, own: Facts, directory: string): Separation {
  const read = otherFileOf(directory, other);
  if ('problem' in read || !lacksAccount(read.file)) return objectionsToFile();
  const { facts } = read;
  const mayShare = [own, facts].every(({ environment }) => environment !== undefined && environment !== 'production');
  return mayShare ? objectionsToFile(...secondHolderObjections(file, own, facts, fileName(directory, other))) : objectionsToFile();
}

type OtherFile = { readonly problem: Problem } | { readonly file: ConfigurationFile; readonly facts: Facts };

function otherFileOf(directory: string, other: string): OtherFile {
  const name = fileName(directory, other);
  const read = readText(join(directory, `${other}.yaml`), name);
  if ('problem' in read) return read;
  const { file, problems } = parseYaml(name, read.text);
  const [problem] = inLineOrder(problems);
  return problem ? { problem } : { file, facts: validSettings(file.content) };
}

/** What an account has once a region, with the setting of the deployment that holds it. */
interface HeldOnce {
  readonly path: readonly [string, string];
  readonly isHeld: (facts: Facts) => boolean;
  /** The value of another deployment, and the one that holds. */
  readonly expected: string;
  readonly held: string;
  /** What the other deployment does, and what to do about it. */
  readonly does: string;
  readonly todo: string;
}

/** A second deployment that declares it fails, or removing one removes it for both. */
const heldOnce: readonly HeldOnce[] = [
  {
    path: ['network', 'blockPublicAccess'],
    isHeld: ({ network }) => network?.blockPublicAccess === true,
    ...{ expected: 'false', held: 'true', does: 'enables VPC Block Public Access' },
    todo: 'turn it off here or there, or give each deployment its own account; one deployment enables it for the account and region (DSS-5.6.2)',
  },
  {
    path: ['access', 'accessAnalyzer'],
    isHeld: ({ access }) => access?.accessAnalyzer === 'managed',
    ...{ expected: 'existing', held: 'managed', does: 'manages the access analyzer' },
    todo: 'set it to existing here or there, or give each deployment its own account; one deployment manages it for the account and region (TOM-3.5)',
  },
];

const secondHolderObjections = (file: ConfigurationFile, own: Facts, other: Facts, name: string): readonly Objection[] =>
  heldOnce
    .filter(({ isHeld }) => isHeld(own) && isHeld(other) && own.region !== undefined && own.region === other.region)
    .map(({ path, expected, held, does, todo }) => ({
      path,
      expected: `${expected}, because ${name} ${does} in the same account and region`,
      got: file.has(path) ? held : `${held}, the default`,
      todo,
    }));

const lacksAccount = ({ content }: ConfigurationFile): boolean => isGroup(content) && !Object.hasOwn(content, 'account');

function unclearProblem(file: ConfigurationFile, key: string, expected: string): Problem {
  const got = isGroup(file.content) ? file.valueText([key], file.content[key]) : show(file.content);
  const todo = 'correct that file; production must not share its account (TOM-7.3)';
  return { where: `${file.name}:${file.line([key])} ${key}`, expected, got, todo };
}
