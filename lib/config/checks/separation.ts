// What deployments must not share, account by account: the one check that looks into the files of other deployments.
import { join } from 'node:path';
import type { ConfigurationFile } from '../file/configuration-file';
import { fileName } from '../file/deployments';
import { parseYaml } from '../file/parse-yaml';
import { type Problem, quote, show } from '../file/problem';
import { readText } from '../file/read-text';
import { isGroup, type Sound, validSettings } from '../file/schema-walk';
import type { Settings } from '../settings/settings';

type Facts = Pick<Sound<Settings>, 'account' | 'environment' | 'region' | 'network'>;

/**
 * Objects to an account that production shares with another environment (TOM-7.3, DSS-5.2), and, in an account that may be shared, to
 * a second deployment that holds VPC Block Public Access for a region. Of the other files only what these ask for is read, whatever
 * else may be wrong with their settings. A file that does not say its account or environment for certain is a problem of its own, but
 * only where this deployment gives its account: without one it is not compared, and a half-edited staging must not stop a production.
 *
 * Deployments without an account go to that of the current credentials, one and the same unless somebody changes them: a second holder of
 * the block is found there too. Production is left out of that: it holds the block in an account of its own.
 */
export function checkSeparation(file: ConfigurationFile, own: Facts, directory: string, others: readonly string[]): readonly Problem[] {
  const { account, environment } = own;
  if (environment === undefined) return [];
  if (account === undefined) {
    if (!file.has(['account'])) checkCurrentAccount(file, own, directory, others);
    return [];
  }
  return others.flatMap((other) => {
    const name = fileName(directory, other);
    const read = otherFileOf(directory, other);
    if ('problem' in read) return [read.problem];
    const { file: otherFile, facts } = read;
    if (saysNoAccount(otherFile) || (facts.account !== undefined && facts.account !== account)) return [];
    if (facts.account === undefined) return [unclearProblem(otherFile, 'account', 'twelve digits in quotes')];
    if (facts.environment === undefined) return [unclearProblem(otherFile, 'environment', 'a valid environment')];
    if ((facts.environment === 'production') !== (environment === 'production')) {
      const todo = 'give production an account of its own (TOM-7.3)';
      file.object({ path: ['account'], expected: `an account that ${name} does not have`, got: `${quote(account)} in both`, todo });
    } else if (bothBlock(own, facts)) {
      objectToSecondBlock(file, name);
    }
    return [];
  });
}

/** Without an account: the others that give none either. Their files are problems of their own, and none of this deployment. */
function checkCurrentAccount(file: ConfigurationFile, own: Facts, directory: string, others: readonly string[]): void {
  for (const other of others) {
    const read = otherFileOf(directory, other);
    if ('problem' in read || !saysNoAccount(read.file)) continue;
    const { facts } = read;
    const mayShare = [own, facts].every(({ environment }) => environment !== undefined && environment !== 'production');
    if (mayShare && bothBlock(own, facts)) objectToSecondBlock(file, fileName(directory, other));
  }
}

function otherFileOf(
  directory: string,
  other: string,
): { readonly problem: Problem } | { readonly file: ConfigurationFile; readonly facts: Facts } {
  const name = fileName(directory, other);
  const read = readText(join(directory, `${other}.yaml`), name);
  if ('problem' in read) return read;
  const file = parseYaml(name, read.text);
  const [problem] = file.problems;
  return problem ? { problem } : { file, facts: validSettings(file.content) };
}

const bothBlock = (own: Facts, other: Facts): boolean =>
  blocksPublicAccess(own) && blocksPublicAccess(other) && own.region !== undefined && own.region === other.region;

const blocksPublicAccess = ({ network }: Facts): boolean => network?.blockPublicAccess === true;

/** An account has the setting once a region: a second deployment that declares it fails, and one that is removed takes it along. */
function objectToSecondBlock(file: ConfigurationFile, other: string): void {
  const path = ['network', 'blockPublicAccess'];
  const expected = `false, because ${other} holds VPC Block Public Access in the same account and region`;
  const todo = 'turn it off here or there, or give each deployment its account; one deployment holds it for all (DSS-5.6.2)';
  file.object({ path, expected, got: file.has(path) ? 'true' : 'true, the default', todo });
}

const saysNoAccount = ({ content }: ConfigurationFile): boolean => isGroup(content) && !Object.hasOwn(content, 'account');

function unclearProblem(file: ConfigurationFile, key: string, expected: string): Problem {
  const got = isGroup(file.content) ? file.shown([key], file.content[key]) : show(file.content);
  const todo = 'correct that file, for production must not share its account (TOM-7.3)';
  return { where: `${file.name}:${file.line([key])} ${key}`, expected, got, todo };
}
