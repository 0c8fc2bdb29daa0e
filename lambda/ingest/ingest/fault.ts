// Whose fault a failure is: the record's, which no repetition mends, or anybody else's.

/**
 * True only where it is known. A record that the checks or the database refuse (classes 22 and 23) is a reject by now and fails nothing;
 * what is left is a limit of the server that the record is over (class 54, "PostgreSQL Error Codes": as a value that is too long for an
 * index), and a mistake of the code that comes with its content. Lost connections, locks, missing months, full disks, rights: all that
 * passes, or is mended, and the record is good.
 */
export function isFaultOfRecord(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string') return /^54[0-9A-Z]{3}$/.test(error.code);
  // A TypeError of `fetch` has the network's error as its cause.
  return [TypeError, RangeError, SyntaxError, ReferenceError].some((mistake) => error instanceof mistake) && error.cause === undefined;
}
