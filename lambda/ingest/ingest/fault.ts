// Classifies failures: a fault of the record, which no retry resolves, or any other failure.

/**
 * True only for a proven fault of the record. A record that validation or the database rejects (classes 22 and 23) is
 * already a reject and causes no failure. The remaining faults are a server limit that the record exceeds (class 54,
 * "PostgreSQL Error Codes": for example a value too long for an index) and a programming error that its content
 * triggers. Lost connections, locks, missing days, full disks and missing permissions are temporary or can be
 * repaired, and the record is valid.
 */
export function isFaultOfRecord(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string') return /^54[0-9A-Z]{3}$/.test(error.code);
  // A TypeError of `fetch` has the network's error as its cause.
  return [TypeError, RangeError, SyntaxError, ReferenceError].some((mistake) => error instanceof mistake) && error.cause === undefined;
}
