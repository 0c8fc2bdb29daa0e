// Errors of the database after which the same work succeeds when it is repeated.

/** serialization_failure and deadlock_detected ("PostgreSQL Error Codes"). */
const conflicts: readonly unknown[] = ['40001', '40P01'];

/** Whether another transaction changed or locked the rows first. */
export const isConflict = (error: unknown): boolean => error instanceof Error && 'code' in error && conflicts.includes(error.code);
