// What every finding of the probe ends with.

/** A finding is an incident, also if the backup was not used. */
export const incident = 'Then find the caller in the audit trail, and open an incident.';
