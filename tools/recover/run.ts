// A recovery: its plan, or the run of its steps with the log.

import { colours } from '../command-line';
import { columns, print } from '../command-output';
import type { Prediction } from './estimate/estimate';
import { minutesText, pathTable, predictionValue } from './estimate/print';
import { missingHits, type Recovery } from './recovery';
import { type Planned, planOf, runSteps, type StepResult } from './step';
import { steps } from './steps';

export interface Output {
  readonly json: boolean;
  /** The command that acts, and that goes on after a failure. */
  readonly next: string;
  readonly prediction: Prediction;
}

/** Prints what a recovery would do, and its critical path. Returns the exit code. */
export async function plan(recovery: Recovery, { json, next, prediction }: Output): Promise<number> {
  const rows = await planOf(steps, recovery);
  const { chosen, dns = [] } = recovery.facts;
  const missing = chosen && missingHits(chosen);
  const text = [
    planTable(rows),
    ...(missing === undefined ? [] : [`Missing afterwards: ${missing}. The archive of hits is not replicated, and cannot be replayed.`]),
    ...(dns.length > 0 ? [`DNS, after the checks:\n${dns.join('\n')}`] : []),
    `Critical path, ${prediction.at.pace} times, from the alarm to an answered hit, ${minutesText(prediction.answered)}:\n${pathTable(prediction)}`,
    `Nothing was changed. To recover: ${next}`,
  ];
  print(json, { steps: rows, chosen, missing, dns, estimate: predictionValue(prediction) }, text.join('\n\n'));
  return rows.some(({ stops }) => stops) ? 1 : 0;
}

function planTable(rows: readonly Planned[]): string {
  const cells = rows.flatMap(({ title, left, reason, stops }) => {
    if (stops) return [[title, colours.red(`stops: ${reason}`)]];
    if (reason !== undefined) return [[title, colours.yellow(`left out: ${reason}`)]];
    if (left.length === 0) return [[title, colours.dim('nothing to change')]];
    return left.map((what, index) => [index === 0 ? title : '', what]);
  });
  return columns([['step', 'to do'], ...cells]);
}

/** Runs the steps, and prints what became of them. Returns the exit code. */
export async function run(recovery: Recovery, { json, next, prediction }: Output): Promise<number> {
  const { journal, facts, progress } = recovery;
  progress(`expected: ${minutesText(prediction.answered)} from the alarm to an answered hit, without waits for people`);
  const results = await runSteps(steps, recovery);
  const isDone = results.every(({ outcome }) => outcome !== 'failed');
  const dns = facts.dns ?? [];
  const isLeftOut = (step: string): boolean => results.some((result) => result.step === step && result.outcome === 'left out');
  // A lake that is held and a name that leads elsewhere are still to be recovered, with the same recovery point.
  if (isDone && dns.length === 0 && !isLeftOut('lake')) journal.add({ event: 'complete' });
  const missing = facts.chosen && missingHits(facts.chosen);
  const text = [
    resultTable(results),
    ...(missing === undefined ? [] : [`Missing: ${missing}.`]),
    ...(isDone && dns.length > 0 ? [`To switch by hand:\n${dns.join('\n')}`] : []),
    ...(isDone && isLeftOut('lake')
      ? ['The lake is held. When its files are at the site, run the command again without --without lake.']
      : []),
    ...(isDone ? [] : [`To go on: ${next}`]),
    ...(journal.file === undefined ? [] : [`Log: ${journal.file}`]),
  ];
  print(json, { steps: results, chosen: facts.chosen, missing, dns: isDone ? dns : [], log: journal.file }, text.join('\n\n'));
  return isDone ? 0 : 1;
}

const resultTable = (results: readonly StepResult[]): string =>
  columns([
    ['step', 'outcome', 'seconds', ''],
    ...results.map(({ title, outcome, seconds, reason = '' }) => [title, outcome, String(seconds), reason]),
  ]);
