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
 * only where this deployment gives its account: without one there is nothing to compare, and a half-edited staging must not stop
 * a production.
 */
export function checkSeparation(file: ConfigurationFile, own: Facts, directory: string, others: readonly string[]): readonly Problem[] {
  const { account, environment } = own;
  if (account === undefined || environment === undefined) return [];
  return others.flatMap((other) => {
    const name = fileName(directory, other);
    const read = readText(join(directory, `${other}.yaml`), name);
    if ('problem' in read) return [read.problem];
    const otherFile = parseYaml(name, read.text);
    if (otherFile.problems.length > 0) return otherFile.problems.slice(0, 1);
    const facts = validSettings(otherFile.content);
    if (saysNoAccount(otherFile) || (facts.account !== undefined && facts.account !== account)) return [];
    if (facts.account === undefined) return [unclearProblem(otherFile, 'account', 'twelve digits in quotes')];
    if (facts.environment === undefined) return [unclearProblem(otherFile, 'environment', 'a valid environment')];
    if ((facts.environment === 'production') !== (environment === 'production')) {
      const todo = 'give production an account of its own (TOM-7.3)';
      file.object({ path: ['account'], expected: `an account that ${name} does not have`, got: `${quote(account)} in both`, todo });
    } else if (blocksPublicAccess(own) && blocksPublicAccess(facts) && own.region !== undefined && own.region === facts.region) {
      objectToSecondBlock(file, name);
    }
    return [];
  });
}

const blocksPublicAccess = ({ network }: Facts): boolean => network?.blockPublicAccess === true;

/** An account has the setting once a region: a second deployment that declares it fails, and one that is removed takes it along. */
function objectToSecondBlock(file: ConfigurationFile, other: string): void {
  const path = ['network', 'blockPublicAccess'];
  const expected = `false, because ${other} holds VPC Block Public Access in the same account and region`;
  const todo = 'turn it off here or there; one deployment holds it for all (DSS-5.6.2)';
  file.object({ path, expected, got: file.has(path) ? 'true' : 'true, the default', todo });
}

const saysNoAccount = ({ content }: ConfigurationFile): boolean => isGroup(content) && !Object.hasOwn(content, 'account');

function unclearProblem(file: ConfigurationFile, key: string, expected: string): Problem {
  const got = isGroup(file.content) ? file.shown([key], file.content[key]) : show(file.content);
  const todo = 'correct that file, for production must not share its account (TOM-7.3)';
  return { where: `${file.name}:${file.line([key])} ${key}`, expected, got, todo };
}
