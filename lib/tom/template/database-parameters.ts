// The cluster parameters of Aurora PostgreSQL, and the allowed values of those that rules check. RDS rejects all
// others.

/**
 * Cluster-level parameters of "Amazon Aurora PostgreSQL parameters" (Amazon Aurora User Guide): the only list that AWS
 * publishes, of family 14. Without the parameters that PostgreSQL has removed since: `force_parallel_mode` and
 * `vacuum_defer_cleanup_age` (16), `db_user_namespace` and `old_snapshot_threshold` (17), `stats_temp_directory` (15).
 * Newer parameters are not in the list: add a parameter if `aws rds describe-engine-default-cluster-parameters
 * --db-parameter-group-family aurora-postgresql17` returns it.
 */
export const familyParameters: ReadonlySet<string> = new Set(
  `
  ansi_constraint_trigger_ordering ansi_force_foreign_key_checks ansi_qualified_update_set_target apg_ccm_enabled
  apg_enable_batch_mode_function_execution apg_enable_correlated_any_transform apg_enable_function_migration
  apg_enable_not_in_transform apg_enable_remove_redundant_inner_joins apg_enable_semijoin_push_down
  apg_plan_mgmt.capture_plan_baselines apg_plan_mgmt.max_databases apg_plan_mgmt.max_plans apg_plan_mgmt.plan_retention_period
  apg_plan_mgmt.unapproved_plan_execution_threshold apg_plan_mgmt.use_plan_baselines application_name array_nulls
  authentication_timeout auto_explain.log_analyze auto_explain.log_buffers auto_explain.log_format auto_explain.log_min_duration
  auto_explain.log_nested_statements auto_explain.log_timing auto_explain.log_triggers auto_explain.log_verbose
  auto_explain.sample_rate autovacuum autovacuum_analyze_scale_factor autovacuum_analyze_threshold autovacuum_freeze_max_age
  autovacuum_max_workers autovacuum_multixact_freeze_max_age autovacuum_naptime autovacuum_vacuum_cost_delay
  autovacuum_vacuum_cost_limit autovacuum_vacuum_insert_scale_factor autovacuum_vacuum_insert_threshold autovacuum_vacuum_scale_factor
  autovacuum_vacuum_threshold autovacuum_work_mem babelfishpg_tds.default_server_name babelfishpg_tds.listen_addresses
  babelfishpg_tds.port babelfishpg_tds.tds_debug_log_level babelfishpg_tds.tds_default_numeric_precision
  babelfishpg_tds.tds_default_numeric_scale babelfishpg_tds.tds_default_packet_size babelfishpg_tds.tds_default_protocol_version
  babelfishpg_tds.tds_ssl_encrypt babelfishpg_tds.tds_ssl_max_protocol_version babelfishpg_tds.tds_ssl_min_protocol_version
  babelfishpg_tsql.default_locale babelfishpg_tsql.migration_mode babelfishpg_tsql.server_collation_name babelfishpg_tsql.version
  backend_flush_after backslash_quote backtrace_functions bytea_output check_function_bodies client_connection_check_interval
  client_encoding client_min_messages compute_query_id config_file constraint_exclusion cpu_index_tuple_cost cpu_operator_cost
  cpu_tuple_cost cron.database_name cron.log_run cron.log_statement cron.max_running_jobs cron.use_background_workers
  cursor_tuple_fraction data_directory datestyle deadlock_timeout debug_pretty_print debug_print_parse debug_print_plan
  debug_print_rewritten default_statistics_target default_tablespace default_toast_compression default_transaction_deferrable
  default_transaction_isolation default_transaction_read_only effective_cache_size effective_io_concurrency enable_async_append
  enable_bitmapscan enable_gathermerge enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan enable_indexscan
  enable_material enable_memoize enable_mergejoin enable_nestloop enable_parallel_append enable_parallel_hash enable_partition_pruning
  enable_partitionwise_aggregate enable_partitionwise_join enable_seqscan enable_sort enable_tidscan escape_string_warning
  exit_on_error extra_float_digits from_collapse_limit geqo geqo_effort geqo_generations geqo_pool_size geqo_seed geqo_selection_bias
  geqo_threshold gin_fuzzy_search_limit gin_pending_list_limit hash_mem_multiplier hba_file hot_standby_feedback huge_pages ident_file
  idle_in_transaction_session_timeout idle_session_timeout intervalstyle join_collapse_limit krb_caseins_users lc_messages lc_monetary
  lc_numeric lc_time listen_addresses lo_compat_privileges log_autovacuum_min_duration log_connections log_destination log_directory
  log_disconnections log_duration log_error_verbosity log_executor_stats log_file_mode log_filename logging_collector log_hostname
  logical_decoding_work_mem log_line_prefix log_lock_waits log_min_duration_sample log_min_duration_statement log_min_error_statement
  log_min_messages log_parameter_max_length log_parameter_max_length_on_error log_parser_stats log_planner_stats
  log_replication_commands log_rotation_age log_rotation_size log_statement log_statement_sample_rate log_statement_stats
  log_temp_files log_timezone log_transaction_sample_rate log_truncate_on_rotation maintenance_io_concurrency maintenance_work_mem
  max_connections max_files_per_process max_locks_per_transaction max_logical_replication_workers max_parallel_maintenance_workers
  max_parallel_workers max_parallel_workers_per_gather max_pred_locks_per_page max_pred_locks_per_relation
  max_pred_locks_per_transaction max_prepared_transactions max_replication_slots max_slot_wal_keep_size max_stack_depth
  max_standby_streaming_delay max_sync_workers_per_subscription max_wal_senders max_worker_processes min_dynamic_shared_memory
  min_parallel_index_scan_size min_parallel_table_scan_size orafce.nls_date_format orafce.timezone parallel_leader_participation
  parallel_setup_cost parallel_tuple_cost password_encryption pgaudit.log pgaudit.log_catalog pgaudit.log_level pgaudit.log_parameter
  pgaudit.log_relation pgaudit.log_statement_once pgaudit.role pg_bigm.enable_recheck pg_bigm.gin_key_limit pg_bigm.last_update
  pg_bigm.similarity_limit pg_hint_plan.debug_print pg_hint_plan.enable_hint pg_hint_plan.enable_hint_table pg_hint_plan.message_level
  pg_hint_plan.parse_messages pglogical.batch_inserts pglogical.conflict_log_level pglogical.conflict_resolution
  pglogical.extra_connection_options pglogical.synchronous_commit pglogical.use_spi pg_prewarm.autoprewarm
  pg_prewarm.autoprewarm_interval pg_similarity.block_is_normalized pg_similarity.block_threshold pg_similarity.block_tokenizer
  pg_similarity.cosine_is_normalized pg_similarity.cosine_threshold pg_similarity.cosine_tokenizer pg_similarity.dice_is_normalized
  pg_similarity.dice_threshold pg_similarity.dice_tokenizer pg_similarity.euclidean_is_normalized pg_similarity.euclidean_threshold
  pg_similarity.euclidean_tokenizer pg_similarity.hamming_is_normalized pg_similarity.hamming_threshold
  pg_similarity.jaccard_is_normalized pg_similarity.jaccard_threshold pg_similarity.jaccard_tokenizer pg_similarity.jaro_is_normalized
  pg_similarity.jaro_threshold pg_similarity.jarowinkler_is_normalized pg_similarity.jarowinkler_threshold
  pg_similarity.levenshtein_is_normalized pg_similarity.levenshtein_threshold pg_similarity.matching_is_normalized
  pg_similarity.matching_threshold pg_similarity.matching_tokenizer pg_similarity.mongeelkan_is_normalized
  pg_similarity.mongeelkan_threshold pg_similarity.mongeelkan_tokenizer pg_similarity.nw_gap_penalty pg_similarity.nw_is_normalized
  pg_similarity.nw_threshold pg_similarity.overlap_is_normalized pg_similarity.overlap_threshold pg_similarity.overlap_tokenizer
  pg_similarity.qgram_is_normalized pg_similarity.qgram_threshold pg_similarity.qgram_tokenizer pg_similarity.swg_is_normalized
  pg_similarity.swg_threshold pg_similarity.sw_is_normalized pg_similarity.sw_threshold pg_stat_statements.max pg_stat_statements.save
  pg_stat_statements.track pg_stat_statements.track_planning pg_stat_statements.track_utility plan_cache_mode port
  postgis.gdal_enabled_drivers quote_all_identifiers random_page_cost rdkit.dice_threshold rdkit.do_chiral_sss
  rdkit.tanimoto_threshold rds.accepted_password_auth_method rds.adaptive_autovacuum rds.babelfish_status rds.enable_plan_management
  rds.extensions rds.force_admin_logging_level rds.force_autovacuum_logging_level rds.force_ssl rds.global_db_rpo
  rds.logical_replication rds.log_retention_period rds.pg_stat_ramdisk_size rds.rds_superuser_reserved_connections
  rds.restrict_password_commands rds.superuser_variables recovery_init_sync_method remove_temp_files_after_crash restart_after_crash
  row_security search_path seq_page_cost session_replication_role shared_buffers shared_preload_libraries ssl ssl_ca_file
  ssl_cert_file ssl_ciphers ssl_crl_dir ssl_key_file ssl_max_protocol_version ssl_min_protocol_version standard_conforming_strings
  statement_timeout superuser_reserved_connections synchronize_seqscans synchronous_commit tcp_keepalives_count tcp_keepalives_idle
  tcp_keepalives_interval temp_buffers temp_file_limit temp_tablespaces timezone track_activities track_activity_query_size
  track_commit_timestamp track_counts track_functions track_io_timing track_wal_io_timing transform_null_equals update_process_title
  vacuum_cost_delay vacuum_cost_limit vacuum_cost_page_dirty vacuum_cost_page_hit vacuum_cost_page_miss vacuum_failsafe_age
  vacuum_freeze_min_age vacuum_freeze_table_age vacuum_multixact_failsafe_age vacuum_multixact_freeze_min_age
  vacuum_multixact_freeze_table_age wal_buffers wal_receiver_create_temp_slot wal_receiver_status_interval wal_receiver_timeout
  wal_sender_timeout work_mem xmlbinary xmloption
`
    .trim()
    .split(/\s+/),
);

/** One value, or several separated by commas. */
const listOf = (...values: readonly string[]) => new RegExp(`^(?:${values.join('|')})(?:,(?:${values.join('|')}))*$`);
const oneOf = (...values: readonly string[]) => new RegExp(`^(?:${values.join('|')})$`);
const onOrOff = oneOf('0', '1');
const atLeast = (least: -1 | 0) => (least === 0 ? /^\d{1,10}$/ : /^(?:-1|\d{1,10})$/);

/**
 * Allowed values in RDS (`AllowedValues` of that command; for pgAudit also "Reference for the pgAudit extension",
 * whose list of classes is shorter than that of the extension: it lacks `misc_set`).
 */
export const allowedValues: Readonly<Record<string, RegExp>> = {
  idle_in_transaction_session_timeout: atLeast(0),
  log_connections: onOrOff,
  log_disconnections: onOrOff,
  log_error_verbosity: oneOf('terse', 'default', 'verbose'),
  log_min_duration_statement: atLeast(-1),
  log_parameter_max_length: atLeast(-1),
  log_parameter_max_length_on_error: atLeast(-1),
  log_statement: oneOf('none', 'ddl', 'mod', 'all'),
  password_encryption: oneOf('md5', 'scram-sha-256'),
  'pgaudit.log': listOf('-?(?:ddl|function|misc|read|role|write)', 'none', 'all'),
  'pgaudit.log_catalog': onOrOff,
  'pgaudit.log_level': oneOf('debug[1-5]', 'info', 'notice', 'warning', 'log'),
  'pgaudit.log_parameter': onOrOff,
  'pgaudit.log_relation': onOrOff,
  'pgaudit.log_statement_once': onOrOff,
  'pgaudit.role': oneOf('rds_pgaudit'),
  'rds.accepted_password_auth_method': oneOf('md5\\+scram', 'scram'),
  'rds.force_ssl': onOrOff,
  shared_preload_libraries: listOf(
    ...'auto_explain orafce pgaudit pglogical pg_bigm pg_cron pg_hint_plan pg_prewarm pg_similarity pg_stat_statements pg_tle'.split(' '),
    ...'pg_transport plprofiler plrust'.split(' '),
  ),
  ssl_min_protocol_version: oneOf('TLSv1', 'TLSv1\\.[1-3]'),
};
