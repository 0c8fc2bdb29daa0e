// The settings of the PostgreSQL server that clauses rest on. All can be read in the template; none is left to a default.

/**
 * Parameters of the cluster ("Aurora PostgreSQL parameters", Amazon Aurora User Guide). A change of `shared_preload_libraries` or
 * `rds.force_ssl` takes effect when the instances restart.
 *
 * Who reads and changes customers' rows is in the tables of the access and modification log, by site and person. The server's own log
 * holds who connected and what became of roles, rights and schema, and must not become a second copy of the rows: reading, writing,
 * values of parameters, of slow statements and of failing rows are kept out of it. Nor does it hold what a session sets or how tables are
 * maintained: Aurora takes no class of pgAudit for settings alone, and each site's transaction would write three lines of it.
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
  // No row in a log.
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
  // TOM-3.10: a password is stored and checked as SCRAM only.
  'rds.accepted_password_auth_method': 'scram',
  password_encryption: 'scram-sha-256',
  // A transaction that was forgotten holds rows and locks.
  idle_in_transaction_session_timeout: '600000',
};
