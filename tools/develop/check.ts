// npm run check: all checks that do not run the code: types, style, boundaries, dead code, generated files, templates.
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { colours, runTool } from '../command-line';
import { withTemporaryFolder } from '../synthesis/synthesize-sites';
import { runSteps, type StepResult } from './check/step';
import { sourceSteps, templateSteps } from './check/steps';

const usage = `npm run check [-- options]

Synthesizes every deployment with the library's validation, and checks types, format and lint, import boundaries, dead code, the
generated files, and, if cfn-lint is installed, the templates with it. Exits with 1 if a check failed.

  --json                 print the results as JSON
  --assemblies <folder>  synthesize into this folder, which mutate, challenge and rehearse read with --synthesized
  --help                 print this text`;

const options = { json: { type: 'boolean' }, assemblies: { type: 'string' } } as const;

const marks = { passed: colours.green('passed'), failed: colours.red('FAILED'), absent: colours.yellow('absent') } as const;

function print({ name, status, seconds, output }: StepResult): void {
  console.log(`${marks[status]}  ${`${seconds.toFixed(1)} s`.padStart(7)}  ${name}${status === 'absent' ? `: ${output}` : ''}`);
  if (status === 'failed') console.log(`\n${output}\n`);
}

runTool({ usage, options }, ({ json = false, assemblies }) =>
  assemblies === undefined ? withTemporaryFolder('check', (folder) => check(folder, json)) : check(resolve(assemblies), json),
);

async function check(folder: string, json: boolean): Promise<0 | 1> {
  const report = json ? () => {} : print;
  const results = [
    ...(await runSteps(sourceSteps(folder), availableParallelism(), report)),
    ...(await runSteps(templateSteps(folder), availableParallelism(), report)),
  ];
  const failed = results.filter(({ status }) => status === 'failed');
  if (json) console.log(JSON.stringify({ ok: failed.length === 0, steps: results }, undefined, 2));
  else console.log(failed.length === 0 ? 'all checks passed' : `failed: ${failed.map(({ name }) => name).join('; ')}`);
  return failed.length > 0 ? 1 : 0;
}
