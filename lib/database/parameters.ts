// Parameters of the PostgreSQL server that clauses require. Each is explicit in the template, also where it equals the
// default.

/**
 * Parameters of the cluster ("Aurora PostgreSQL parameters", Amazon Aurora User Guide). A change of
 * `shared_preload_libraries` or `rds.force_ssl` takes effect when the instances restart.
 *
 * Reads and changes of customers' rows are in the tables of the access and modification log, by site and person. The
 * server log contains connections and changes of roles, privileges and schema. It must not become a second copy of the
 * rows, so it excludes reads, writes, and the values of parameters, slow statements and failing rows. It also excludes
 * session settings and table maintenance: the pgAudit class `misc` contains both, and the transaction of each site
 * would write three lines of it.
 */
export const clusterParameters: Readonly<Record<string, string>> = {
  // TOM-5.7
  'rds.force_ssl': '1',
  ssl_min_protocol_version: 'TLSv1.2',
  // TOM-3.6, TOM-4.8: "Using pgAudit to log database activity".
  shared_preload_libraries: 'pg_stat_statements,pgaudit',
  'pgaudit.log': 'ddl,role',
  'pgaudit.log_parameter': '0',
  log_connections: '1',
  log_disconnections: '1',
  // No row values in the log.
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
  // TOM-3.10: SCRAM only.
  'rds.accepted_password_auth_method': 'scram',
  password_encryption: 'scram-sha-256',
  // An abandoned transaction keeps rows and locks.
  idle_in_transaction_session_timeout: '600000',
};
