// Figures that clauses promise, for the rules and declarations that hold them.

/** Shortest retention of a log, in days. (TOM-3.6) */
export const shortestLogDays = 90;

/** Shortest object lock of an audit record, in days. (TOM-3.6) */
export const shortestAuditDays = 365;

/** Days for which backups, noncurrent versions and exports are kept, no longer and no shorter. (TOM-6.7, DSS-5.4.3) */
export const backupDays = 30;

/** Hours for which the stream keeps hits: 7 days. (TOM-7.1) */
export const streamHours = 168;

/** Longest time between two rotations of a secret, in days. (TOM-3.10) */
export const longestSecretDays = 90;

/** Longest time between two rotations of a key, in days ("AWS::KMS::Key", RotationPeriodInDays). (TOM-5.5) */
export const longestKeyDays = 365;
