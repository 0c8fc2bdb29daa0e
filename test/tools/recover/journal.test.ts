// The log of a recovery: lines that survive a kill, and what a later run reads from them.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chosenIn, hasRepeated, journalIn, readJournal } from '../../../tools/recover/journal';

const folder = mkdtempSync(join(tmpdir(), 'rempart-journal-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = new Date('2026-12-01T12:00:00Z');
const later = (hours: number) => new Date(at.getTime() + hours * 3_600_000);
const journal = journalIn(join(folder, 'log'), 'example', 'recovery', () => at);
const chosen = { event: 'chosen', point: 'arn:x', dataUntil: null, missing: 'hits' } as const;

test('a line that a kill tore is left out, and the next one begins anew', () => {
  journal.add(chosen);
  appendFileSync(journal.file ?? '', '{"at":"2026-12-01T12:0');
  journal.add({ event: 'erasures', digest: 'd', erasures: 1, repeated: 1, nobody: 0 });
  expect(journal.lines().map(({ event }) => event)).toEqual(['chosen', 'erasures']);
  expect(statSync(journal.file ?? '').mode & 0o777).toBe(0o600);
  expect(readFileSync(journal.file ?? '', 'utf8').split('\n')).toHaveLength(4);
});

test('a choice is kept for 72 hours, and until the recovery is complete', () => {
  expect([72, 73].map((hours) => chosenIn(journal, later(hours))?.point)).toEqual(['arn:x', undefined]);
  expect(hasRepeated(journal, 'd')).toBe(true);
  expect(hasRepeated(journal, 'e')).toBe(false);
  expect(readJournal(join(folder, 'log'), 'example', 'recovery').lines()).toHaveLength(2);
  journal.add({ event: 'complete' });
  expect(chosenIn(journal, at)).toBeUndefined();
  expect(hasRepeated(journal, 'd')).toBe(false);
});

test('the log of another site and of an absent folder has nothing; a folder that cannot be made is refused', () => {
  expect(readJournal(join(folder, 'log'), 'example', 'home').lines()).toEqual([]);
  expect(readJournal(join(folder, 'none'), 'example', 'recovery').lines()).toEqual([]);
  expect(() => journalIn(journal.file ?? '', 'example', 'home', () => at)).toThrow('--out: expected a folder for the log');
});
