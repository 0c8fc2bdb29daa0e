// Order of creation: the resources that exist before a function, its family or an alarm, as DependsOn lists them.

/** References to resources of one stack, sorted as the canonical form sorts them. */
export const after = (stack: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => `\${${stack}/${name}}`).toSorted();

/** The archive of hits, which receives records before the first collector sends one. (TOM-5.1) */
export const hitArchive = [
  'HitArchiveArchiveBehind',
  'HitArchiveArchiveDeliveryFailed',
  'HitArchiveHourlyDelivery',
  'HitArchiveLog',
  'HitArchiveLogStream',
  'HitArchivePermissions',
  'HitArchiveRole',
];

/** The database as functions reach it: the proxy with its way in, its way out, and its targets. (TOM-4.2) */
export const proxy = ['ProxyFromFunctions', 'ProxyOfFunctions', 'ProxySignIn', 'ProxyTargets'];

/** Policies before the first run of the redaction of logs: in one stack, no reference leads to them. (TOM-4.13) */
export const redactionPolicies = [
  'AuditArchivePolicy',
  'EdgeLogLandingPolicy',
  'EdgeLogRedactionFunctionDeadLettersPolicy',
  'EdgeLogRedactionNoticesPolicy',
  'EdgeLogsPolicy',
];
