// TOM-3.6, TOM-4.8: databases log connections and changes of roles and schema to a log group, without customers' rows.

import { type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { clusterType, logGroupType, parameterGroupType, proxyType } from '../../template/resource-types';
import { parameterBreaks, parameterFindings, refusedBreaks, refusedParameters, type WantedParameters } from './parameter-findings';

/** The log with the records of pgAudit and of connections. */
const auditLog = 'postgresql';

const wanted: WantedParameters = {
  shared_preload_libraries: [/(?:^|,)pgaudit(?:,|$)/, 'pgaudit', 'pg_stat_statements'],
  // The classes of roles and schema, and no class with statements on rows.
  'pgaudit.log': [/^(?:ddl,role|role,ddl)$/, 'ddl,role', 'ddl', 'ddl,role,misc_set', 'ddl,role,read'],
  'pgaudit.log_parameter': [/^0$/, '0', '1'],
  log_connections: [/^1$/, '1', '0'],
  log_disconnections: [/^1$/, '1', '0'],
  log_statement: [/^none$/, 'none', 'all'],
  log_min_duration_statement: [/^-1$/, '-1', '0'],
  log_parameter_max_length_on_error: [/^0$/, '0', '-1'],
  log_error_verbosity: [/^terse$/, 'terse', 'default'],
};

export const databaseAuditLog: Rule = {
  name: 'database-audit-log',
  requires: "clusters log connections and changes of roles and schema, without rows, and proxies log, to the deployment's log groups",
  types: [clusterType, proxyType],
  check(resource, assembly) {
    if (resource.type === proxyType) return proxyFindings(resource, assembly);
    return [
      ...parameterFindings(resource, wanted, assembly),
      ...refusedParameters(resource, assembly),
      ...exportFindings(resource, assembly),
    ];
  },
  guards: [
    guard(clusterType, 'Properties.DBClusterParameterGroupName', remove, replace('default.aurora-postgresql17')),
    guard(
      parameterGroupType,
      'Properties.Parameters',
      ...parameterBreaks(wanted),
      ...refusedBreaks(wanted, ['pgaudit.log_rows', '0'], ['password_encryption', 'plain'], ['rds.force_ssl', 'on']),
    ),
    guard(clusterType, 'Properties.EnableCloudwatchLogsExports', remove, replace(['iam-db-auth-error']), replace([])),
    guard(clusterType, 'Properties.DBClusterIdentifier', remove, replace('another')),
    guard(proxyType, 'Properties.DBProxyName', remove, replace('another')),
    guard(proxyType, 'Properties.DebugLogging', replace(true)),
    ...logGuards(),
  ],
  reads: [{ type: logGroupType, path: 'Properties.LogGroupName' }],
};

/** RDS writes to a log group of this name; if there is none, RDS creates one without a key and a retention period. */
function exportFindings(cluster: Resource, assembly: Assembly): readonly Finding[] {
  const logs = listOf(cluster.at('EnableCloudwatchLogsExports')).map(String);
  const path = 'Properties.EnableCloudwatchLogsExports';
  const missing = logs.includes(auditLog) ? [] : [finding(cluster, 'export', path, auditLog, 'Export the postgresql log.')];
  const undeclared = logs.filter((log) => !isLogGroup(`/aws/rds/cluster/${String(cluster.at('DBClusterIdentifier'))}/${log}`, assembly));
  const fix = 'Create the log group with DatabaseLog.';
  return [...missing, ...undeclared.map((log) => finding(cluster, `group::${log}`, path, `a log group of the deployment for ${log}`, fix))];
}

function proxyFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const name = resource.at('DBProxyName');
  const findings: Finding[] = [];
  if (!isLogGroup(`/aws/rds/proxy/${String(name)}`, assembly)) {
    findings.push(
      finding(resource, 'group', 'Properties.DBProxyName', 'a log group of the deployment', 'Create the log group with DatabaseLog.'),
    );
  }
  const debug = resource.at('DebugLogging');
  if (debug !== undefined && debug !== false) {
    findings.push(finding(resource, 'debug', 'Properties.DebugLogging', 'false', 'Remove it; debug logs contain the text of statements.'));
  }
  return findings;
}

const isLogGroup = (name: string, assembly: Assembly): boolean =>
  assembly.ofType(logGroupType).some((group) => group.at('LogGroupName') === name);

function logGuards(): readonly Guard[] {
  const isOfDatabase = (group: Resource): boolean => /^\/aws\/rds\//.test(String(group.at('LogGroupName')));
  return [
    guardWhere(logGroupType, isOfDatabase, '', remove),
    guardWhere(logGroupType, isOfDatabase, 'Properties.LogGroupName', remove, replace('/elsewhere')),
  ];
}
