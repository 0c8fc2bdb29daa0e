// Production shares its account with no other environment: the one check that looks into the files of other deployments.
import { join } from 'node:path';
import type { ConfigurationFile } from './configuration-file';
import { fileName } from './deployments';
import { parseYaml } from './parse-yaml';
import { type Problem, quote, show } from './problem';
import { readText } from './read-text';
import { isGroup, type Sound, soundPart } from './schema-walk';
import type { Settings } from './settings';

/**
 * Objects to an account that production shares with another environment (TOM-7.3, DSS-5.2). Of the other files only `environment` and
 * `account` are read, whatever else may be wrong with their settings. A file that does not say these for certain is a problem of its
 * own, but only where this deployment gives its account: without one there is nothing to compare, and a half-edited staging
 * must not stop a production.
 */
export function checkSeparation(
  file: ConfigurationFile,
  { account, environment }: Pick<Sound<Settings>, 'account' | 'environment'>,
  directory: string,
  others: readonly string[],
): readonly Problem[] {
  if (account === undefined || environment === undefined) return [];
  return others.flatMap((other) => {
    const name = fileName(directory, other);
    const read = readText(join(directory, `${other}.yaml`), name);
    if ('problem' in read) return [read.problem];
    const otherFile = parseYaml(name, read.text);
    if (otherFile.problems.length > 0) return otherFile.problems.slice(0, 1);
    const facts = soundPart(otherFile.content);
    if (saysNoAccount(otherFile) || (facts.account !== undefined && facts.account !== account)) return [];
    if (facts.account === undefined) return [unclear(otherFile, 'account', 'twelve digits in quotes')];
    if (facts.environment === undefined) return [unclear(otherFile, 'environment', 'a valid environment')];
    if ((facts.environment === 'production') !== (environment === 'production')) {
      const todo = 'give production an account of its own (TOM-7.3)';
      file.object({ path: ['account'], expected: `an account that ${name} does not have`, got: `${quote(account)} in both`, todo });
    }
    return [];
  });
}

const saysNoAccount = ({ content }: ConfigurationFile): boolean => isGroup(content) && !Object.hasOwn(content, 'account');

function unclear(file: ConfigurationFile, key: string, expected: string): Problem {
  const got = isGroup(file.content) ? file.shown([key], file.content[key]) : show(file.content);
  const todo = 'correct that file, for production must not share its account (TOM-7.3)';
  return { where: `${file.name}:${file.line([key])} ${key}`, expected, got, todo };
}
