// The calls of the host scripts, as the AWS CLI names them, compared with their contract.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calls } from '../../../../services/collector/host/calls';
import { actionsOfCode } from '../../../lambda/declared-calls';
import { hostFolder } from './machine';

const scripts = readdirSync(hostFolder)
  .filter((name) => name.endsWith('.sh'))
  .map((name) => readFileSync(join(hostFolder, name), 'utf8').replace(/^\s*#.*$/gm, ''));

/** Services whose name in the CLI is not the prefix of their IAM actions. */
const prefixes: Readonly<Record<string, string>> = { s3api: 's3' };

/** `aws autoscaling "$verb"` stands for each verb that the scripts pass to the function `act`. */
function actionsIn(script: string): readonly string[] {
  return [...script.matchAll(/\baws ([a-z0-9-]+) ("\$verb"|[a-z-]+)/g)].flatMap(([, service = '', operation = '']) => {
    const verbs = operation === '"$verb"' ? [...script.matchAll(/\bact ([a-z-]+)/g)].map(([, verb = '']) => verb) : [operation];
    return verbs.map((verb) => `${prefixes[service] ?? service}:${pascal(verb)}`);
  });
}

const pascal = (verb: string): string => verb.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

test('the scripts make the calls that their contract declares, and no others', () => {
  expect([...new Set(scripts.flatMap(actionsIn))].sort()).toEqual(actionsOfCode(calls));
});

test('every use of the AWS CLI is read', () => {
  const uses = scripts.flatMap((script) => [...script.matchAll(/(?<![\w/-])aws (?!configure)/g)]).length;
  const read = scripts.flatMap((script) => [...script.matchAll(/\baws ([a-z0-9-]+) ("\$verb"|[a-z-]+)/g)]).length;
  expect(read).toBe(uses);
});
