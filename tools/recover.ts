// npm run recover: the recovery of a deployment in its recovery region. So far the estimate of its time.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSite } from '../lib/config/load';
import type { Site } from '../lib/config/site';
import { runTool, ToolError, UsageError } from './command-line';
import { print } from './command-output';
import { type Prediction, predict, promisedHours } from './recover/estimate/estimate';
import { gantt } from './recover/estimate/gantt';
import { predictionText, predictionValue } from './recover/estimate/print';
import { options, readCircumstances } from './recover/estimate/request';
import { build } from './rehearse/deployments';
import { projectRoot } from './synthesis/synthesize';

const usage = `npm run recover -- --estimate [options]

Predicts the time of a recovery after the loss of the home region, from the alarm to a hit that is answered in the recovery region: the
creation of each resource of the synthesized recovery site in its order, with the times of a dated table (tools/recover/estimate/durations.ts),
and the steps of people. Prints the critical path. Nothing is deployed, and no credentials are needed.

  --estimate                  required: other parts of the recovery are in the runbook, "Restore the database"
  --deployment <name>         file of config/ [default: production]
  --gigabytes <n>             size of the database, up to 10,000 [default: 1000]
  --hits-per-second <n>       hits that arrive, for the replay [default: 2000]
  --recovery-point-hours <n>  age of the data of the recovery point, for the replay [default: 24]
  --decision-minutes <n>      from the alarm to the decision to recover [default: 15]
  --concurrency <n>           stacks that are deployed at once, as by cdk deploy --concurrency [default: 6]
  --slow                      the longest time of each source instead of the expected one
  --measured <file>           JSON with minutes by resource type, of a drill, instead of those of the table
  --svg <file>                write the timetable as a picture
  --json                      print the result as JSON
  --help                      print this text

Exit code: 0 for a prediction within the promised 12 hours, 1 for a longer one and for a mistake in a file, 2 for a mistake in the command line.`;

const sizes = [10, 1000, 10_000];

runTool({ usage, options }, async (values) => {
  if (values.estimate !== true) throw new UsageError('command line: expected --estimate, got nothing; add it');
  const at = readCircumstances(values);
  const deployed = build(restored(loadSite({ directory: join(projectRoot, 'config'), deployment: values.deployment, site: 'recovery' })));
  const chosen = predict(deployed, at);
  const others = sizes.flatMap((gigabytes) => (['expected', 'slow'] as const).map((pace) => predict(deployed, { ...at, gigabytes, pace })));
  if (values.svg !== undefined) writePicture(values.svg, chosen);
  const value = { ...predictionValue(chosen), others: others.map(predictionValue).map(({ path, ...other }) => other) };
  print(values.json, value, predictionText(chosen, others));
  return chosen.answered > promisedHours * 60 ? 1 : 0;
});

/**
 * The site with a database that is restored: from a snapshot whose name is an example, unless the configuration has
 * one.
 */
function restored(site: Site): Site {
  const { data } = site.settings;
  const example = `arn:aws:rds:${site.region}:111122223333:cluster-snapshot:awsbackup:estimate`;
  const restoreFrom = { ...data.restoreFrom, recovery: data.restoreFrom.recovery ?? example };
  return { ...site, settings: { ...site.settings, data: { ...data, restoreFrom } } };
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
