// npm run simulate:backups: nights of backups with random faults, and what the function backup-freshness reports of
// them.
import { runTool, UsageError } from '../command-line';
import { simulate } from './simulate-backups/simulate';
import { summary } from './simulate-backups/summary';

const usage = `npm run simulate:backups [-- options]

Simulates a backup service over time: jobs complete, fail and are late, points are copied, expire and are deleted, vaults deny, calls are
throttled, clocks differ, and the clocks of Paris change. The function backup-freshness examines it every hour, and its alarms are compared
with what is true. Exit code 1 if a gap over 24 hours has no alarm, or if anything is reported good that is not. Nothing is deployed.

  --nights <n>     number of nights [default: 365]
  --seed <n>       seed of the faults [default: 1]
  --per-day <n>    runs of the backup plan a day: 1, 2, 3, 4 or 6 [default: 2]
  --json           print the figures as JSON
  --help           print this text`;

const text = { type: 'string' } as const;
const options = { nights: text, seed: text, 'per-day': text, json: { type: 'boolean' } } as const;

runTool({ usage, options }, async ({ nights = '365', seed = '1', 'per-day': perDay = '2', json = false }) => {
  if (!['1', '2', '3', '4', '6'].includes(perDay)) throw new UsageError(`--per-day: expected 1, 2, 3, 4 or 6, got ${perDay}`);
  const settings = { nights: wholeNumber('nights', nights, 1), seed: wholeNumber('seed', seed, 0), perDay: Number(perDay) };
  const report = await simulate(settings);
  console.log(json ? JSON.stringify(report, null, 2) : summary(report));
  return report.misses.length === 0 ? 0 : 1;
});

function wholeNumber(name: string, value: string, least: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= least) return number;
  throw new UsageError(`--${name}: expected a whole number of ${least} or more, got ${value}`);
}
