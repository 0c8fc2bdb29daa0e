// One line of a rehearsal.

/** The parts of the rehearsal. */
export const parts = ['calls', 'services', 'flows', 'order', 'values', 'updates', 'release'] as const;
export type Part = (typeof parts)[number];

/**
 * `ok`: it would work. `refused`: CloudFormation or a service would refuse it. `undeclared`: it would work, and
 * nothing declares it. `data at risk`: data would be deleted, or left behind where nothing reads it. `unstated`: it
 * would work, with an effect that no description states. `review`: a person must look at it. `left out`: it was not
 * rehearsed, for the reason of the row.
 */
export type Outcome = 'ok' | 'refused' | 'undeclared' | 'data at risk' | 'unstated' | 'review' | 'left out';

export interface Row {
  readonly part: Part;
  /** The resource, setting or file. */
  readonly subject: string;
  readonly outcome: Outcome;
  /** The finding, or for `ok` the extent of what was compared. */
  readonly detail: string;
  /** The change that is needed. @default - none */
  readonly fix?: string;
}
