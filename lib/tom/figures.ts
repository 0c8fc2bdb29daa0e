// Figures that clauses promise, for the rules and declarations that hold them.

/** Tunnels of the VPN to the management networks. (TOM-6.5) */
export const tunnelsOfVpn = 2;

/** Shortest retention of a log, in days. (TOM-3.6) */
export const shortestLogDays = 90;

/**
 * Days for which the whole addresses of refused requests and of people are kept, no longer and no shorter. (TOM-4.13)
 */
export const wholeAddressDays = 90;

/** Days for which raw logs of the load balancer can exist, of which they need minutes. (TOM-4.13) */
export const landingDays = 1;

/** Shortest object lock of an audit record, in days. (TOM-3.6) */
export const shortestAuditDays = 365;

/** Days for which backups, noncurrent versions and exports are kept, no longer and no shorter. (TOM-6.7, DSS-5.4.3) */
export const backupDays = 30;

/** Hours of data that may be lost. (DSS-5.5.2) */
export const longestBackupAge = 24;

/**
 * Most hours that an erasure waits before people are notified: the rows are to be gone after 24, and an erasure in the
 * lake takes two runs, and an hour between them. (DSS-4.2)
 */
export const longestErasureHours = 18;

/** Days for which raw hits are kept, and noncurrent versions of the lake. (DSS-4.2) */
export const hitVersionDays = 14;

/**
 * Days for which versions of raw hits remain: with their 14 days and a delivery that is retried, within 30. (DSS-4.2)
 */
export const rawVersionDays = 7;

/** Days for which the export of a person is kept; its versions end as those of raw hits. (DSS-4.2) */
export const exportDays = 21;

/** Minutes within which S3 replicates an object: the one time of Replication Time Control. (DSS-5.4.2) */
export const replicationMinutes = 15;

/** Days for which the version of a dead letter that has ended is kept. (DSS-4.2) */
export const letterVersionDays = 1;

/** Days after a request within which the data of a person is gone everywhere. (DSS-4.2) */
export const erasureDays = 30;

/** Days after its end from which on a day of hits is exported to the lake: the stream keeps hits for 7. (TOM-7.1) */
export const lakeAfterDays = 10;

/** Fewest characters of an administrator's password. (TOM-3.7) */
export const shortestPassword = 10;

/** Longest life of an administrator's password or access key, in days: 3 months. (TOM-3.8) */
export const longestCredentialDays = 90;

/** Ages in days at which the owner of a password or access key is warned. (TOM-3.8) */
export const credentialWarnings: readonly number[] = [76, 83];

/** Longest age of a disabled access key, in days. (TOM-3.8) */
export const longestDisabledKeyDays = 120;

/** Hours for which the stream keeps hits: 7 days. (TOM-7.1) */
export const streamHours = 168;

/** Longest time between two rotations of a secret, in days. (TOM-3.10) */
export const longestSecretDays = 90;

/** Longest time between two rotations of a key, in days ("AWS::KMS::Key", RotationPeriodInDays). (TOM-5.5) */
export const longestKeyDays = 365;

/**
 * Bounds of a rate rule that is effective, in requests of one address within a window, and the longest window.
 * (TOM-4.11)
 */
export const lowestRateLimit = 10;
export const highestRateLimit = 1_000_000;
export const longestRateWindow = 600;

/** Fewest servers of a fleet. (TOM-6.1) */
export const fewestServers = 2;

/** Targets of one load balancer at most ("Quotas for your Application Load Balancers"). (TOM-6.9) */
export const mostServers = 1000;

/** Highest target of a scaling policy, in requests of one server per minute. (TOM-6.9) */
export const highestScalingTarget = 6_000_000;

/** Longest time without input, and in any case, after which a shell on a server ends, in minutes. (TOM-3.3) */
export const longestShellIdleMinutes = 20;
export const longestShellMinutes = 480;
