// An off-boarding: a plan, or the removal with its record.
import { readFileSync } from 'node:fs';
import type { Site } from '../../lib/config/site';
import { messageOf } from '../../runtime/vpn/refusal';
import { colours, ToolError } from '../command-line';
import { columns, print } from '../command-output';
import { type Person, sessionNames } from './names';
import { type Operator, regionsOf } from './parts';
import { canonicalJson, checkFolder, digestOf, filesOf, type OffboardingRecord, type RecordFiles, signRecord, writeRecord } from './record';
import type { RecordKey } from './record-key';
import { type Planned, planOf, runSteps, type StepResult, type Surroundings } from './step';
import { type Places, stepsOf, tracesOf } from './steps';
import { misspelledUsers } from './user-steps';

export interface Offboarding {
  readonly person: Person;
  readonly site: Site;
  readonly operator: Operator;
  readonly places: Places;
  readonly key: RecordKey;
  /** Folder of the record. */
  readonly out: string;
  readonly json: boolean;
  /** The command that removes, and completes a run that failed. */
  readonly next: string;
}

/**
 * Prints what would be removed.
 *
 * @throws ToolError for a person without a trace or a misspelled user, or where a step cannot be read
 */
export async function plan({ person, places, json, next }: Offboarding, surroundings: Surroundings): Promise<number> {
  const rows = await planOf(stepsOf(person, places, surroundings.now), surroundings);
  const isReadable = rows.every(({ failed }) => !failed);
  // Sessions of roles cannot be listed, so their denial is planned for any name.
  if (isReadable) await checkTraces(person, places);
  print(json, { person, steps: rows }, `${planTable(rows)}\n\n${planSummary(rows, next)}`);
  return isReadable ? 0 : 1;
}

async function checkTraces(person: Person, places: Places): Promise<void> {
  // A place that does not answer is reported by its step.
  const [misspelled] = await misspelledUsers(places.iam, person.users).catch(() => []);
  if (misspelled !== undefined) {
    const { given, found } = misspelled;
    throw new ToolError(`IAM user: expected the name as it was created, got ${given} for ${found}; name it with --user ${found}`);
  }
  if ((await tracesOf(person, places)).length > 0) return;
  const names = [...new Set([person.name, ...sessionNames(person)])].join(', ');
  const remedy = 'check the spelling, or name the IAM user with --user; an earlier run may have removed everything';
  throw new ToolError(`person: expected a user, certificate or session of ${names}, got none; ${remedy}`);
}

function planTable(rows: readonly Planned[]): string {
  const cells = rows.flatMap(({ title, left, reason, failed }) => {
    if (failed) return [[title, colours.red(`cannot be read: ${reason}`)]];
    if (reason !== undefined) return [[title, colours.yellow(`left out by ${reason}`)]];
    if (left.length === 0) return [[title, colours.dim('nothing')]];
    return left.map((what, index) => [index === 0 ? title : '', what]);
  });
  return columns([['step', 'to remove'], ...cells]);
}

function planSummary(rows: readonly Planned[], next: string): string {
  const count = rows.reduce((sum, { left }) => sum + left.length, 0);
  return count === 0 ? 'nothing is left' : `${count} to remove; nothing was changed. To remove: ${next}`;
}

/**
 * Removes everything, and writes the record.
 *
 * @throws ToolError before any change: for a person without a trace or a misspelled user, the operator, a key that
 * cannot sign, or a folder that cannot be written. After the changes: for a record that is not signed, or not written;
 * then the message has it
 */
export async function apply(offboarding: Offboarding, surroundings: Surroundings): Promise<number> {
  const { person, site, operator, places, key, out, json, next } = offboarding;
  checkOperator(person, operator);
  await checkTraces(person, places);
  await key.publicKey();
  checkFolder(out);
  const started = surroundings.now().toISOString();
  const steps = await runSteps(stepsOf(person, places, surroundings.now), surroundings);
  const record: OffboardingRecord = {
    ...{ format: 1, kind: 'off-boarding', person, account: operator.account, deployment: site.deployment },
    ...{ regions: regionsOf(site), operator: operator.arn, started, ended: surroundings.now().toISOString() },
    complete: steps.every(({ outcome }) => outcome !== 'failed' && outcome !== 'waiting'),
    steps,
  };
  const { files, text } = await recorded(record, offboarding);
  print(json, { ...record, files, sha256: digestOf(text) }, resultText(record, files, digestOf(text), next));
  return record.complete ? 0 : 1;
}

/** The operator would lose access in the middle. */
function checkOperator(person: Person, { arn }: Operator): void {
  if (!sessionNames(person).includes(arn.split('/').at(-1) ?? '')) return;
  throw new ToolError(`operator: expected another person, got ${arn}, who leaves; use the credentials of another administrator`);
}

async function recorded(record: OffboardingRecord, { key, out }: Offboarding): Promise<{ files: RecordFiles; text: string }> {
  const files = filesOf(out, record);
  const text = written(files, record);
  try {
    return { files: await signRecord(key, files.record, text), text };
  } catch (error) {
    throw new ToolError(`${messageOf(error)}\n${stateOf(record)}; the record is not signed: npm run offboard -- --sign ${files.record}`);
  }
}

/** The text of the record in its file; in the error if there is none, since what is gone cannot be recorded again. */
function written(files: RecordFiles, record: OffboardingRecord): string {
  try {
    return writeRecord(files, record);
  } catch (error) {
    const remedy = 'the record is not written: save the last line as a file, then npm run offboard -- --sign FILE';
    throw new ToolError(`${messageOf(error)}\n${stateOf(record)}; ${remedy}\n${canonicalJson(record)}`);
  }
}

function resultText(record: OffboardingRecord, files: RecordFiles, sha256: string, next: string): string {
  const rows = record.steps.flatMap(rowsOf);
  return [
    columns([['step', 'result', ''], ...rows]),
    '',
    `record:     ${files.record}`,
    `SHA-256:    ${sha256}`,
    `signature:  openssl dgst -sha256 -verify ${files.publicKey} -signature ${files.signature} ${files.record}`,
    record.complete ? stateOf(record) : `${stateOf(record)}. Run again: ${next}`,
  ].join('\n');
}

/** The result in a line: steps that are not complete, and those that the operator left out. */
function stateOf({ person, complete, steps }: OffboardingRecord): string {
  const of = (...outcomes: readonly StepResult['outcome'][]) =>
    steps.filter(({ outcome }) => outcomes.includes(outcome)).map(({ step }) => step);
  if (!complete) return `not complete: ${of('failed', 'waiting').join(', ')}`;
  const leftOut = of('left out');
  return `nothing of ${person.name} is left${leftOut.length > 0 ? `, except what was left out: ${leftOut.join(', ')}` : ''}`;
}

function rowsOf({ title, outcome, items, reason, remains = [] }: StepResult): readonly (readonly string[])[] {
  const removed = items.filter(({ error }) => error === undefined).length;
  const note = outcome === 'done' ? `${removed} removed` : (reason ?? '');
  return [[title, outcome, note], ...remains.map((what) => ['', '', `left: ${what}`])];
}

/** Signs a record that a run wrote and could not sign. */
export async function signLater(file: string, key: RecordKey): Promise<number> {
  const text = readRecord(file);
  const files = await signRecord(key, file, text);
  console.log(`signature: ${files.signature}\nSHA-256:   ${digestOf(text)}`);
  return 0;
}

function readRecord(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    const { kind } = JSON.parse(text) as Partial<OffboardingRecord>;
    if (kind === 'off-boarding') return text;
    throw new Error(`a file of kind ${kind}`);
  } catch (error) {
    throw new ToolError(`--sign: expected the record of an off-boarding, got ${messageOf(error)}; correct the path`);
  }
}
