// A line of a log of the load balancer as it is stored, and the folder that it is stored in.

/**
 * Folders of the redacted logs: `pseudonymous` without addresses and query strings of visitors, `whole` with the whole
 * addresses of refused requests and of people.
 */
export const kinds = ['pseudonymous', 'whole'] as const;
export type Kind = (typeof kinds)[number];

export interface RedactedLine {
  readonly kind: Kind;
  readonly text: string;
  /** Whether the line, or fields at its end, had an unknown form; their content is not kept. */
  readonly fault?: 'unreadable' | 'unknownFields';
}
