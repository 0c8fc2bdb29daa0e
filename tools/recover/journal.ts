// The log of a recovery, for the record of the incident: JSON lines, appended at once, so that a run that was killed
// leaves all that it did; and what a later run reads from it.
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SiteName } from '../../lib/config/site';
import { UsageError } from '../command-line';

/** What happened. Each has its time in ISO 8601. */
export type Event =
  | { readonly event: 'begin'; readonly operator: string; readonly deployment: string; readonly site: SiteName; readonly arguments: string }
  | { readonly event: 'candidates'; readonly points: readonly object[] }
  | { readonly event: 'chosen'; readonly point: string; readonly dataUntil: string | null; readonly missing: string }
  | { readonly event: 'step'; readonly step: string; readonly outcome: string; readonly seconds: number; readonly reason?: string }
  | { readonly event: 'output'; readonly step: string; readonly line: string }
  | { readonly event: 'note'; readonly step: string; readonly text: string }
  | { readonly event: 'erasures'; readonly digest: string; readonly erasures: number; readonly repeated: number; readonly nobody: number }
  | { readonly event: 'without'; readonly step: string }
  | { readonly event: 'complete' };

export type Line = Event & { readonly at: string };

export interface Journal {
  /** @default - none: a plan writes no log */
  readonly file?: string;
  add(event: Event): void;
  /** The lines since the last recovery that was completed. */
  lines(): readonly Line[];
}

/** A log of a plan, which is not kept. */
const noJournal: Journal = { add: () => undefined, lines: () => [] };

/** The log of a deployment and site in a folder. @throws UsageError for a folder that cannot be written */
export function journalIn(folder: string, deployment: string, site: SiteName, now: () => Date): Journal {
  const file = join(folder, `recover-${deployment}-${site}.jsonl`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    appendFileSync(file, '', { mode: 0o600 });
  } catch (error) {
    throw new UsageError(`--out: expected a folder for the log, got ${error instanceof Error ? error.message : error}; name another one`);
  }
  return {
    file,
    add(event) {
      const text = readFileSync(file, 'utf8');
      // A run that was killed may have left a part of a line.
      const begin = text === '' || text.endsWith('\n') ? '' : '\n';
      appendFileSync(file, `${begin}${JSON.stringify({ at: now().toISOString(), ...event })}\n`);
    },
    lines: () => sinceCompletion(readFileSync(file, 'utf8').split('\n').flatMap(lineOf)),
  };
}

/** The present recovery of a log that exists; none of a folder without one. For a plan, which writes nothing. */
export function readJournal(folder: string, deployment: string, site: SiteName): Journal {
  const file = join(folder, `recover-${deployment}-${site}.jsonl`);
  return { ...noJournal, lines: () => sinceCompletion(textOf(file).split('\n').flatMap(lineOf)) };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function lineOf(text: string): readonly Line[] {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null && 'event' in line ? [line as Line] : [];
  } catch {
    return [];
  }
}

const sinceCompletion = (lines: readonly Line[]): readonly Line[] =>
  lines.slice(lines.findLastIndex(({ event }) => event === 'complete') + 1);

/** Hours for which a run can be resumed with the choice of its log. */
const resumableHours = 72;

/** The recovery point that the unfinished run of this log chose. */
export function chosenIn(journal: Journal, now: Date): Extract<Line, { event: 'chosen' }> | undefined {
  const chosen = journal.lines().findLast((line) => line.event === 'chosen');
  if (chosen?.event !== 'chosen') return undefined;
  return now.getTime() - Date.parse(chosen.at) <= resumableHours * 3_600_000 ? chosen : undefined;
}

/** Whether the run of this log repeated the erasures of a list. */
export const hasRepeated = (journal: Journal, digest: string): boolean =>
  journal.lines().some((line) => line.event === 'erasures' && line.digest === digest);
