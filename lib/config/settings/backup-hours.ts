// The hours of the backups into the vault.

/**
 * Hours (UTC) of the backups into the vault, 12 apart and in ascending order: with one a day, the newest would be
 * older than 24 hours whenever the next one has not ended. (DSS-5.5.2)
 */
export const backupHours = (hour: number): readonly [number, number] => [hour % 12, (hour % 12) + 12];
