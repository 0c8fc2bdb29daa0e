// The parameters of the database server, each with the clauses that require its value. No other parameter is set: the
// defaults of the family hold.

export interface DatabaseParameter {
  readonly name: string;
  readonly value: string;
  /** Clauses that the value serves. */
  readonly clauses: readonly string[];
  readonly reason: string;
}

const parameter = (name: string, value: string, clauses: readonly string[], reason: string): DatabaseParameter => ({
  name,
  value,
  clauses,
  reason,
});

/** "Amazon Aurora PostgreSQL parameters" and "Using pgAudit to log database activity" (Amazon Aurora User Guide). */
export const databaseParameters: readonly DatabaseParameter[] = [
  parameter('rds.force_ssl', '1', ['TOM-5.7'], 'no connection without TLS'),
  parameter('ssl_min_protocol_version', 'TLSv1.2', ['TOM-5.7'], 'no older TLS'),
  parameter('shared_preload_libraries', 'pg_stat_statements,pgaudit', ['TOM-3.6', 'TOM-4.8'], 'the audit runs in every session'),
  parameter('pgaudit.log', 'ddl,role', ['TOM-3.6', 'TOM-4.8'], 'changes of schema, roles and privileges are logged'),
  parameter('pgaudit.log_parameter', '0', ['DSS-4.2'], 'no values of customers in the log'),
  parameter('log_connections', '1', ['TOM-3.6'], 'each sign-in is logged'),
  parameter('log_disconnections', '1', ['TOM-3.6'], 'the end of each session is logged'),
  parameter('log_statement', 'none', ['DSS-4.2'], 'no statements with values of customers in the log'),
  parameter('log_min_duration_statement', '-1', ['DSS-4.2'], 'no slow statement with its values in the log'),
  parameter('log_parameter_max_length', '0', ['DSS-4.2'], 'no values of parameters in the log'),
  parameter('log_parameter_max_length_on_error', '0', ['DSS-4.2'], 'no values of parameters in errors'),
  parameter('log_error_verbosity', 'terse', ['DSS-4.2'], 'no failing row in errors'),
  parameter('rds.accepted_password_auth_method', 'scram', ['TOM-3.10'], 'no password that can be replayed'),
  parameter('password_encryption', 'scram-sha-256', ['TOM-3.10'], 'no password that can be replayed'),
  parameter('idle_in_transaction_session_timeout', '600000', ['TOM-6.3'], 'an abandoned transaction frees rows and locks'),
];
