// npm run recover: recovers a deployment in another region, or predicts the time of that.
import { writeFileSync } from 'node:fs';
import type { Site, SiteName } from '../lib/config/site';
import { runTool, ToolError } from './command-line';
import { print } from './command-output';
import { configuredSite } from './configured-site';
import { type Prediction, predict, promisedHours } from './recover/estimate/estimate';
import { gantt } from './recover/estimate/gantt';
import { predictionText, predictionValue } from './recover/estimate/print';
import { readCircumstances } from './recover/estimate/request';
import { options, optionsOf, usage, type Values } from './recover/options';
import { begin, recoveryOf } from './recover/parts';
import { plan, run } from './recover/run';
import { restoredSite } from './recover/stacks';
import { build } from './rehearse/deployments';

const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const sizes = [10, 1000, 10_000];

runTool({ usage, options }, async (values) => (values.estimate === true ? estimate(values) : recover(values)));

async function recover(values: Values): Promise<number> {
  // Both are checked before the synthesis, which takes seconds.
  optionsOf(values);
  const at = readCircumstances(values);
  const { deployment = 'production' } = values;
  const name: SiteName = values.back === true ? 'home' : 'recovery';
  const deployed = build(restored(configuredSite({ deployment, site: name })));
  const prediction = predict(deployed, at);
  if (values.svg !== undefined) writePicture(values.svg, prediction);
  const recovery = recoveryOf(values, deployment, name, deployed);
  const args = process.argv.slice(2).filter((argument) => argument !== '--apply');
  const next = ['npm run recover --', ...args.map(quoted), '--apply'].join(' ');
  const output = { json: values.json === true, next, prediction };
  if (values.apply !== true) return plan(recovery, output);
  await begin(recovery, args.join(' '));
  return run(recovery, output);
}

async function estimate(values: Values): Promise<number> {
  const at = readCircumstances(values);
  const deployed = build(restored(configuredSite({ deployment: values.deployment, site: 'recovery' })));
  const chosen = predict(deployed, at);
  const others = sizes.flatMap((gigabytes) => (['expected', 'slow'] as const).map((pace) => predict(deployed, { ...at, gigabytes, pace })));
  if (values.svg !== undefined) writePicture(values.svg, chosen);
  const value = { ...predictionValue(chosen), others: others.map(predictionValue).map(({ path, ...other }) => other) };
  print(values.json, value, predictionText(chosen, others));
  return chosen.answered > promisedHours * 60 ? 1 : 0;
}

/**
 * The site with a database that is restored: from a snapshot whose name is an example, unless the configuration has
 * one.
 */
function restored(site: Site): Site {
  const example = `arn:aws:rds:${site.region}:111122223333:cluster-snapshot:awsbackup:estimate`;
  return restoredSite(site, site.settings.data.restoreFrom[site.name] ?? example);
}

/** The replay takes hours after everything else, and would shrink the picture. */
function writePicture(file: string, { timed, path, answered, deployed }: Prediction): void {
  const shown = timed.filter(({ end }) => end <= Math.max(answered, deployed));
  const picture = gantt('Recovery after the loss of the home region', shown, new Set(path.map(({ task }) => task.id)));
  try {
    writeFileSync(file, picture);
  } catch (error) {
    throw new ToolError(`--svg ${file}: expected a file that can be written, got ${(error as Error).message}; choose another path`);
  }
}
