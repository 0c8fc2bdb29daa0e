// The files below services, lambda and runtime where the time of day is meant. The lint no-wall-clock refuses it in
// every other file.

/** By file: the number of its uses, and the reason. */
export const wallClockUses: Readonly<Record<string, readonly [uses: number, reason: string]>> = {
  'lambda/access/account-environments/handler.ts': [1, 'the time of an evidence'],
  'lambda/access/connection-handler/handler.ts': [1, 'the ends of certificates'],
  'lambda/access/credential-hygiene/handler.ts': [1, 'the ages of passwords and access keys'],
  'lambda/access/open-port-guard/handler.ts': [1, 'the time of an evidence'],
  'lambda/access/password-policy/handler.ts': [1, 'the time of an evidence'],
  'lambda/access/revocation-list/handler.ts': [1, 'the end of the revocation list'],
  'lambda/access/session-document/handler.ts': [1, 'the time of an evidence, and of a version of the document'],
  'lambda/access/tamper-guard/handler.ts': [1, 'the time of an evidence'],
  'lambda/access/tunnel-watch/handler.ts': [1, 'the age of keys, and the time of an evidence'],
  'lambda/alarms/first-datapoint/handler.ts': [2, 'the hour that CloudWatch is queried for, and the minute of a run'],
  'lambda/collection/server-replacement/handler.ts': [1, 'the minutes that CloudWatch is queried for'],
  'lambda/database/database-upkeep/handler.ts': [1, 'the month of the calendar whose partition is created'],
  'lambda/database/generated-data/handler.ts': [1, 'the times of generated hits'],
  'lambda/database/no-shared-backups-probe/handler.ts': [1, 'the time of an evidence'],
  'lambda/database/person-export/handler.ts': [1, 'the time of an export'],
  'lambda/database/staff-access/handler.ts': [1, 'the time of a signature, which another machine made'],
  'lambda/database/staff-reads/handler.ts': [1, 'the time of a signature, which another machine made'],
  'lambda/edge/certificate/handler.ts': [1, 'the days of a certificate'],
  'lambda/edge/log-redaction/handler.ts': [1, 'the age of objects, which S3 wrote'],
  'lambda/ingest/ingest/handler.ts': [1, 'the arrival of hits and of records, which other machines wrote'],
  'runtime/ingest.ts': [1, 'the arrival of hits, which other machines wrote'],
  'runtime/stopwatch.ts': [2, 'the second of two clocks, of which the longer duration counts'],
  'services/collector/client/hit.ts': [2, 'the time of a hit, and its age on later pages'],
  'services/collector/clock/boot.ts': [1, 'the name of a file, for a later boot'],
  'services/collector/clock/clock.ts': [1, 'the clock that is compared with the time of AWS'],
  'services/collector/hits/handler.ts': [1, 'the default of tests; the program sets the corrected time'],
  'services/collector/http/server.ts': [1, 'the Date field of answers'],
  'services/collector/report.ts': [1, 'the time of a line in the log'],
};
