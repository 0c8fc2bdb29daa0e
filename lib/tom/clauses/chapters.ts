// The chapters of the two documents, and which clauses each holds.
import type { Clause } from '../clause';
import { type ClauseId, clauseIds } from '../clause-id';

/** The part of an id before its first point; a chapter that is one clause has the id of the chapter, as `TOM-8`. */
type ChapterOf<Id> = Id extends `${infer Chapter}.${string}` ? Chapter : Id;

/** A chapter of a document, as in `TOM-3`. */
export type ChapterId = ChapterOf<ClauseId>;

/** All clauses of one chapter: one left out, or one of another chapter, does not compile. */
export type Chapter<Id extends ChapterId> = { readonly [Member in Extract<ClauseId, Id | `${Id}.${string}`>]: Clause };

/** What each chapter is about. */
export const chapterTitles: { readonly [Id in ChapterId]: string } = {
  'TOM-2': 'Where data is hosted',
  'TOM-3': 'Access to servers',
  'TOM-4': "Access to customers' data",
  'TOM-5': 'Transfer of data',
  'TOM-6': 'Availability',
  'TOM-7': 'Separation',
  'TOM-8': 'Contact',
  'DSS-2': 'Distribution of the statement',
  'DSS-3': 'Responsibilities',
  'DSS-4': 'Certification, law and incidents',
  'DSS-5': 'Operation',
  'DSS-6': 'Web interface',
  'DSS-7': 'Hardware and media',
  'DSS-8': 'Roles in data protection',
};

/** The chapter of a clause: `TOM-3` for `TOM-3.10`, `TOM-8` for `TOM-8`. */
export function chapterOf(id: ClauseId): ChapterId {
  return id.split('.', 1)[0] as ChapterId;
}

/** The chapters in the order of the documents, each with its clauses. */
export function chapters(): readonly { readonly id: ChapterId; readonly title: string; readonly clauses: readonly ClauseId[] }[] {
  return [...new Set(clauseIds.map(chapterOf))].map((id) => ({
    id,
    title: chapterTitles[id],
    clauses: clauseIds.filter((clause) => chapterOf(clause) === id),
  }));
}
