// The prediction as text and as JSON.
import { columns } from '../../command-output';
import { aimedHours, type Prediction, promisedHours } from './estimate';
import { milestones } from './tasks';

/** `1 h 05 min`, or `45 min`. */
export function minutesText(minutes: number): string {
  if (!Number.isFinite(minutes)) return 'never';
  const whole = Math.ceil(minutes);
  return whole < 60 ? `${whole} min` : `${Math.floor(whole / 60)} h ${String(whole % 60).padStart(2, '0')} min`;
}

export function predictionText(chosen: Prediction, others: readonly Prediction[]): string {
  const { at } = chosen;
  return [
    `Recovery after the loss of the home region: ${sizeText(at.gigabytes)} in the database, ${at.hitsPerSecond.toLocaleString('en-US')} hits a second, ` +
      `${at.concurrency} stacks at once, ${at.decisionMinutes} min until the decision. Nothing is measured on an account.`,
    `Critical path, ${at.pace} times:\n${pathTable(chosen)}`,
    [
      `${milestones.answered.name}: ${minutesText(chosen.answered)} (promised ${promisedHours} h, aim ${aimedHours} h)`,
      `${milestones.deployed.name}: ${minutesText(chosen.deployed)}`,
      `${milestones.complete.name}: ${minutesText(chosen.complete)}`,
    ].join('\n'),
    `By size and pace:\n${otherTable(others)}`,
    ...(chosen.answered > aimedHours * 60 ? [beyondText(chosen)] : []),
  ].join('\n\n');
}

const sizeText = (gigabytes: number): string => (gigabytes >= 1000 ? `${gigabytes / 1000} TB` : `${gigabytes} GB`);

export const pathTable = ({ path }: Prediction): string =>
  columns([
    ['begins', 'ends', 'task', 'type', 'source'],
    ...path.map(({ task, begin, end }) => [
      minutesText(begin),
      minutesText(end),
      task.stack === undefined || task.type === undefined ? task.name : `${task.stack} ${task.name}`,
      task.type ?? '',
      task.source,
    ]),
  ]);

const otherTable = (others: readonly Prediction[]): string =>
  columns([
    ['database', 'times', 'hit answered', 'all stacks', 'data complete'],
    ...others.map(({ at, answered, deployed, complete }) => [
      sizeText(at.gigabytes),
      at.pace,
      ...[answered, deployed, complete].map(minutesText),
    ]),
  ]);

/** What keeps a recovery above the aim: the longest tasks of the critical path. */
function beyondText({ path }: Prediction): string {
  const longest = [...path].sort((one, other) => other.task.minutes - one.task.minutes).slice(0, 3);
  return `Above the aim of ${aimedHours} h. The longest tasks: ${longest.map(({ task }) => `${task.name} (${minutesText(task.minutes)})`).join(', ')}.`;
}

/** JSON has no infinite number: a time without an end is null. */
export function predictionValue({ at, answered, deployed, complete, path }: Prediction) {
  return {
    ...at,
    answeredMinutes: answered,
    deployedMinutes: deployed,
    completeMinutes: Number.isFinite(complete) ? complete : null,
    path: path.map(({ task: { id, name, type, source }, begin, end }) => ({ id, name, type, source, begin, end })),
  };
}
