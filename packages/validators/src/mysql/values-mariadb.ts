/**
 * What the settings of MariaDB 11.8 take, by its own word in the image `flotilla/mariadb`; those that Flotilla sets are left out. A number
 * stands with its least and its most; the most is left out where it is beyond what JavaScript counts exactly. Generated. This prints it, one
 * setting a line:
 *
 *     SELECT CONCAT_WS(':', LOWER(variable_name), LOWER(variable_type), numeric_min_value, numeric_max_value, enum_value_list)
 *     FROM information_schema.system_variables WHERE variable_type REGEXP 'BOOLEAN|INT|DOUBLE|ENUM' ORDER BY variable_name
 */
export const MARIADB_VALUES = {
  bool: `
  allow_suspicious_udfs aria_encrypt_tables aria_page_checksum autocommit automatic_sp_privileges big_tables
  binlog_alter_two_phase binlog_annotate_row_events binlog_direct_non_transactional_updates binlog_gtid_index
  binlog_legacy_event_pos binlog_optimize_thread_scheduling column_compression_zlib_wrap core_file
  disconnect_on_expired_password encrypt_binlog encrypt_tmp_disk_tables encrypt_tmp_files
  explicit_defaults_for_timestamp flush general_log ignore_builtin_innodb innodb_adaptive_flushing
  innodb_adaptive_hash_index innodb_alter_copy_bulk innodb_buffer_pool_dump_at_shutdown innodb_buffer_pool_dump_now
  innodb_buffer_pool_load_abort innodb_buffer_pool_load_at_startup innodb_buffer_pool_load_now
  innodb_cmp_per_index_enabled innodb_compression_default innodb_data_file_buffering innodb_data_file_write_through
  innodb_deadlock_detect innodb_disable_sort_file_cache innodb_encrypt_log innodb_encrypt_temporary_tables
  innodb_file_per_table innodb_flush_sync innodb_force_primary_key innodb_ft_enable_diag_print
  innodb_ft_enable_stopword innodb_immediate_scrub_data_uncompressed innodb_log_checkpoint_now
  innodb_log_file_buffering innodb_log_file_mmap innodb_log_file_write_through innodb_numa_interleave
  innodb_optimize_fulltext_only innodb_prefix_index_cluster_optimization innodb_print_all_deadlocks
  innodb_random_read_ahead innodb_read_only_compressed innodb_rollback_on_timeout innodb_snapshot_isolation
  innodb_stats_auto_recalc innodb_stats_include_delete_marked innodb_stats_on_metadata innodb_stats_persistent
  innodb_stats_traditional innodb_status_output innodb_status_output_locks innodb_strict_mode innodb_table_locks
  innodb_truncate_temporary_tablespace_now innodb_undo_log_truncate innodb_use_atomic_writes innodb_use_native_aio
  keep_files_on_create large_pages local_infile log_bin_compress log_bin_trust_function_creators
  log_queries_not_using_indexes log_slow_admin_statements log_slow_query log_slow_slave_statements
  low_priority_updates master_verify_checksum myisam_use_mmap mysql56_temporal_format old old_passwords
  performance_schema query_cache_strip_comments query_cache_wlock_invalidate replicate_annotate_row_events
  require_secure_transport secure_auth session_track_schema session_track_state_change skip_show_database
  slave_compressed_protocol slave_sql_verify_checksum slow_query_log sql_safe_updates standard_compliant_cte
  strict_password_validation sync_frm system_versioning_insert_history tcp_nodelay thread_pool_dedicated_listener
  thread_pool_exact_stats transaction_read_only userstat
`,
  integer: `
  analyze_max_length:32:4294967295 aria_block_size:4096:32768 aria_checkpoint_interval:0:4294967295
  aria_checkpoint_log_activity:0:4294967295 aria_force_start_after_recovery_failures:0:255
  aria_group_commit_interval:0:4294967295 aria_log_file_size:8388608:4294967295 aria_max_sort_file_size:0
  aria_pagecache_age_threshold:100 aria_pagecache_buffer_size:131072 aria_pagecache_division_limit:1:100
  aria_pagecache_file_hash_size:128:16384 aria_repair_threads:1:128 aria_sort_buffer_size:16352
  auto_increment_increment:1:65535 auto_increment_offset:1:65535 back_log:0:65535 binlog_cache_size:4096
  binlog_commit_wait_count:0 binlog_commit_wait_usec:0 binlog_file_cache_size:8192
  binlog_gtid_index_page_size:64:16777216 binlog_gtid_index_span_min:1:1073741824
  binlog_large_commit_threshold:10485760 binlog_row_event_max_size:256:4294967040 binlog_space_limit:0
  binlog_stmt_cache_size:4096 bulk_insert_buffer_size:0 column_compression_threshold:0:4294967295
  column_compression_zlib_level:0:9 connect_timeout:2:31536000 deadlock_search_depth_long:0:33
  deadlock_search_depth_short:0:32 deadlock_timeout_long:0:4294967295 deadlock_timeout_short:0:4294967295
  default_password_lifetime:0:4294967295 default_week_format:0:7 delayed_insert_limit:1:4294967295
  delayed_insert_timeout:1:31536000 delayed_queue_size:1:4294967295 div_precision_increment:0:38
  eq_range_index_dive_limit:0:4294967295 expensive_subquery_limit:0 extra_max_connections:1:100000
  flush_time:0:31536000 ft_max_word_len:10:84 ft_min_word_len:1:84 ft_query_expansion_limit:0:1000
  group_concat_max_len:4:4294967295 histogram_size:0:255 host_cache_size:0:65536
  idle_readonly_transaction_timeout:0:31536000 idle_transaction_timeout:0:31536000
  idle_write_transaction_timeout:0:31536000 innodb_adaptive_hash_index_cells:16381:4294967295
  innodb_adaptive_hash_index_parts:1:512 innodb_autoextend_increment:1:1000 innodb_autoinc_lock_mode:0:2
  innodb_buffer_pool_chunk_size:0 innodb_buffer_pool_dump_pct:1:100 innodb_buffer_pool_size:2097152
  innodb_buffer_pool_size_auto_min:0 innodb_buffer_pool_size_max:0 innodb_buf_dump_status_frequency:0:100
  innodb_compression_failure_threshold_pct:0:100 innodb_compression_level:0:9 innodb_compression_pad_pct_max:0:75
  innodb_default_encryption_key_id:1:4294967295 innodb_encryption_rotate_key_age:0:4294967295
  innodb_encryption_rotation_iops:0:4294967295 innodb_encryption_threads:0:255 innodb_fast_shutdown:0:3
  innodb_fatal_semaphore_wait_threshold:1:4294967295 innodb_fill_factor:10:100 innodb_flushing_avg_loops:1:1000
  innodb_flush_log_at_timeout:0:2700 innodb_flush_neighbors:0:2 innodb_force_recovery:0:6
  innodb_ft_cache_size:1600000:1099511627776 innodb_ft_max_token_size:10:84 innodb_ft_min_token_size:1:16
  innodb_ft_num_word_optimize:1000:10000 innodb_ft_result_cache_limit:1000000 innodb_ft_sort_pll_degree:1:16
  innodb_ft_total_cache_size:32000000:1099511627776 innodb_io_capacity:100:4294967295
  innodb_io_capacity_max:100:4294967295 innodb_lock_wait_timeout:0:100000000 innodb_log_buffer_size:2097152:2147479552
  innodb_log_file_size:4194304 innodb_log_spin_wait_delay:0:6000 innodb_log_write_ahead_size:512:4096
  innodb_lru_flush_size:1 innodb_lru_scan_depth:100 innodb_max_purge_lag:0 innodb_max_purge_lag_delay:0:10000000
  innodb_max_purge_lag_wait:0:4294967295 innodb_max_undo_log_size:10485760:281474976710656 innodb_old_blocks_pct:5:95
  innodb_old_blocks_time:0:4294967295 innodb_online_alter_log_max_size:65536 innodb_open_files:0
  innodb_page_size:4096:65536 innodb_purge_batch_size:1:5000 innodb_purge_rseg_truncate_frequency:1:128
  innodb_purge_threads:1:32 innodb_read_ahead_threshold:0:64 innodb_read_io_threads:1:64
  innodb_sort_buffer_size:65536:67108864 innodb_spin_wait_delay:0:6000 innodb_stats_modified_counter:0
  innodb_stats_persistent_sample_pages:1:4294967295 innodb_stats_transient_sample_pages:1:4294967295
  innodb_sync_spin_loops:0 innodb_undo_tablespaces:0:127 innodb_write_io_threads:2:64 interactive_timeout:1:31536000
  in_predicate_conversion_threshold:0:4294967295 join_buffer_size:128 join_buffer_space_limit:2048
  join_cache_level:0:8 key_buffer_size:0 key_cache_age_threshold:100:4294967295 key_cache_block_size:512:16384
  key_cache_division_limit:1:100 key_cache_file_hash_size:128:16384 key_cache_segments:0:64
  lock_wait_timeout:0:31536000 log_bin_compress_min_len:10:1024 log_slow_max_warnings:0:1000
  log_slow_min_examined_row_limit:0:4294967295 log_slow_rate_limit:1:4294967295 log_tc_size:12288
  log_warnings:0:4294967295 lower_case_table_names:0:2 max_allowed_packet:1024:1073741824 max_binlog_cache_size:4096
  max_binlog_size:4096:1073741824 max_binlog_stmt_cache_size:4096 max_binlog_total_size:0 max_connections:10:100000
  max_connect_errors:1:4294967295 max_delayed_threads:0:16384 max_digest_length:0:1048576 max_error_count:0:65535
  max_heap_table_size:16384 max_join_size:1 max_length_for_sort_data:4:8388608 max_password_errors:1:4294967295
  max_prepared_stmt_count:0:4294967295 max_recursive_iterations:0:4294967295 max_relay_log_size:4096:1073741824
  max_rowid_filter_size:1024 max_seeks_for_key:1:4294967295 max_session_mem_used:8192 max_sort_length:64:8388608
  max_sp_recursion_depth:0:255 max_tmp_session_space_usage:0 max_tmp_total_space_usage:0
  max_user_connections:-1:2147483647 max_write_lock_count:1:4294967295 metadata_locks_cache_size:1:1048576
  metadata_locks_hash_instances:1:1024 mhnsw_default_m:3:200 mhnsw_ef_search:1:10000 mhnsw_max_cache_size:1048576
  min_examined_row_limit:0:4294967295 mrr_buffer_size:8192:2147483647 myisam_block_size:1024:16384
  myisam_data_pointer_size:2:7 myisam_max_sort_file_size:0 myisam_mmap_size:7 myisam_repair_threads:1
  myisam_sort_buffer_size:4096 net_buffer_length:1024:1048576 net_read_timeout:1:31536000 net_retry_count:1:4294967295
  net_write_timeout:1:31536000 open_files_limit:0:4294967295 optimizer_adjust_secondary_key_costs:0:2
  optimizer_extra_pruning_depth:0:62 optimizer_join_limit_pref_ratio:0:4294967295 optimizer_max_sel_args:0:4294967295
  optimizer_max_sel_arg_weight:0:4294967295 optimizer_prune_level:0:2 optimizer_search_depth:0:62
  optimizer_selectivity_sampling_limit:10:4294967295 optimizer_trace_max_mem_size:0
  optimizer_use_condition_selectivity:1:5 performance_schema_accounts_size:-1:1048576
  performance_schema_digests_size:-1:1048576 performance_schema_events_stages_history_long_size:-1:1048576
  performance_schema_events_stages_history_size:-1:1024
  performance_schema_events_statements_history_long_size:-1:1048576
  performance_schema_events_statements_history_size:-1:1024
  performance_schema_events_transactions_history_long_size:-1:1048576
  performance_schema_events_transactions_history_size:-1:1024
  performance_schema_events_waits_history_long_size:-1:1048576 performance_schema_events_waits_history_size:-1:1024
  performance_schema_hosts_size:-1:1048576 performance_schema_max_cond_classes:0:256
  performance_schema_max_cond_instances:-1:1048576 performance_schema_max_digest_length:0:1048576
  performance_schema_max_file_classes:0:256 performance_schema_max_file_handles:0:1048576
  performance_schema_max_file_instances:-1:1048576 performance_schema_max_index_stat:-1:1048576
  performance_schema_max_memory_classes:0:1024 performance_schema_max_metadata_locks:-1:104857600
  performance_schema_max_mutex_classes:0:256 performance_schema_max_mutex_instances:-1:104857600
  performance_schema_max_prepared_statements_instances:-1:1048576 performance_schema_max_program_instances:-1:1048576
  performance_schema_max_rwlock_classes:0:256 performance_schema_max_rwlock_instances:-1:104857600
  performance_schema_max_socket_classes:0:256 performance_schema_max_socket_instances:-1:1048576
  performance_schema_max_sql_text_length:0:1048576 performance_schema_max_stage_classes:0:256
  performance_schema_max_statement_classes:0:256 performance_schema_max_statement_stack:1:256
  performance_schema_max_table_handles:-1:1048576 performance_schema_max_table_instances:-1:1048576
  performance_schema_max_table_lock_stat:-1:1048576 performance_schema_max_thread_classes:0:256
  performance_schema_max_thread_instances:-1:1048576 performance_schema_session_connect_attrs_size:-1:1048576
  performance_schema_setup_actors_size:-1:1024 performance_schema_setup_objects_size:-1:1048576
  performance_schema_users_size:-1:1048576 preload_buffer_size:1024:1073741824 profiling_history_size:0:100
  progress_report_time:0:4294967295 query_alloc_block_size:1024:4294967295 query_cache_limit:0:4294967295
  query_cache_min_res_unit:0:4294967295 query_cache_size:0 query_prealloc_size:1024:4294967295
  range_alloc_block_size:4096:4294967295 read_binlog_speed_limit:0 read_buffer_size:8192:2147483647
  read_rnd_buffer_size:1:2147483647 rowid_merge_buff_size:0 slave_connections_needed_for_purge:0:4294967295
  slave_domain_parallel_threads:0:16383 slave_max_allowed_packet:1024:1073741824
  slave_parallel_max_queued:0:2147483647 slave_parallel_threads:0:16383 slave_parallel_workers:0:16383
  slave_transaction_retries:0:4294967295 slave_transaction_retry_interval:0:3600 slow_launch_time:0:31536000
  sort_buffer_size:1024 stored_program_cache:0:524288 sync_master_info:0:4294967295 sync_relay_log:0:4294967295
  sync_relay_log_info:0:4294967295 table_definition_cache:400:2097152 table_open_cache:10:1048576
  table_open_cache_instances:1:64 tcp_keepalive_interval:0:2147483 tcp_keepalive_probes:0:2147483
  tcp_keepalive_time:0:2147483 thread_cache_size:0:16384 thread_pool_idle_timeout:1:4294967295
  thread_pool_max_threads:1:65536 thread_pool_oversubscribe:1:1000 thread_pool_prio_kickup_timer:0:4294967295
  thread_pool_size:1:100000 thread_pool_stall_limit:1:4294967295 thread_stack:131072 tmp_disk_table_size:1024
  tmp_memory_table_size:0 tmp_table_size:0 transaction_alloc_block_size:1024:134217728
  transaction_prealloc_size:1024:134217728 wait_timeout:1:31536000
`,
  real: `
  analyze_sample_percentage:0:100 innodb_adaptive_flushing_lwm:0:70 innodb_max_dirty_pages_pct:0:99.999
  innodb_max_dirty_pages_pct_lwm:0:99.999 log_slow_always_query_time:0:31536000 log_slow_query_time:0:31536000
  long_query_time:0:31536000 max_statement_time:0:31536000 optimizer_disk_read_cost:0:10000
  optimizer_disk_read_ratio:0:1 optimizer_index_block_copy_cost:0:1000 optimizer_key_compare_cost:0:1000
  optimizer_key_copy_cost:0:1000 optimizer_key_lookup_cost:0:1000 optimizer_key_next_find_cost:0:1000
  optimizer_rowid_compare_cost:0:1000 optimizer_rowid_copy_cost:0:1000 optimizer_row_copy_cost:0:1000
  optimizer_row_lookup_cost:0:1000 optimizer_row_next_find_cost:0:1000 optimizer_scan_setup_cost:0:100000000
  optimizer_where_cost:0:100000 slave_abort_blocking_timeout:0:31536000 slave_max_statement_time:0:31536000
`,
  enum: `
  alter_algorithm:DEFAULT,COPY,INPLACE,NOCOPY,INSTANT aria_group_commit:none,hard,soft
  aria_log_purge_type:immediate,external,at_flush aria_stats_method:nulls_unequal,nulls_equal,nulls_ignored
  aria_sync_log_dir:NEVER,NEWFILE,ALWAYS binlog_checksum:NONE,CRC32 binlog_row_image:MINIMAL,NOBLOB,FULL,FULL_NODUP
  binlog_row_metadata:NO_LOG,MINIMAL,FULL
  block_encryption_mode:aes-128-ecb,aes-192-ecb,aes-256-ecb,aes-128-cbc,aes-192-cbc,aes-256-cbc,aes-128-ctr,aes-192-ctr,aes-256-ctr
  character_set_filesystem: character_set_server: collation_server:
  column_compression_zlib_strategy:DEFAULT_STRATEGY,FILTERED,HUFFMAN_ONLY,RLE,FIXED
  completion_type:NO_CHAIN,CHAIN,RELEASE concurrent_insert:NEVER,AUTO,ALWAYS delay_key_write:OFF,ON,ALL
  event_scheduler:OFF,ON,DISABLED,ORIGINAL histogram_type:SINGLE_PREC_HB,DOUBLE_PREC_HB,JSON_HB
  innodb_checksum_algorithm:crc32,strict_crc32,full_crc32,strict_full_crc32
  innodb_compression_algorithm:none,zlib,lz4,lzo,lzma,bzip2,snappy innodb_deadlock_report:off,basic,full
  innodb_default_row_format:redundant,compact,dynamic innodb_encrypt_tables:OFF,ON,FORCE
  innodb_flush_method:fsync,O_DSYNC,littlesync,nosync,O_DIRECT,O_DIRECT_NO_FSYNC
  innodb_instant_alter_column_allowed:never,add_last,add_drop_reorder innodb_linux_aio:auto,io_uring,aio
  innodb_stats_method:nulls_equal,nulls_unequal,nulls_ignored lc_messages: lc_time_names:
  mhnsw_default_distance:euclidean,cosine myisam_stats_method:NULLS_UNEQUAL,NULLS_EQUAL,NULLS_IGNORED
  plugin_maturity:unknown,experimental,alpha,beta,gamma,stable query_cache_type:OFF,ON,DEMAND
  replicate_events_marked_for_skip:REPLICATE,FILTER_ON_SLAVE,FILTER_ON_MASTER
  secure_timestamp:NO,SUPER,REPLICATION,YES session_track_transaction_info:OFF,STATE,CHARACTERISTICS
  slave_ddl_exec_mode:STRICT,IDEMPOTENT slave_parallel_mode:none,minimal,conservative,optimistic,aggressive
  slave_run_triggers_for_rbr:NO,YES,LOGGING,ENFORCE system_versioning_alter_history:ERROR,KEEP
  thread_handling:one-thread-per-connection,no-threads,pool-of-threads thread_pool_priority:high,low,auto
  transaction_isolation:READ-UNCOMMITTED,READ-COMMITTED,REPEATABLE-READ,SERIALIZABLE updatable_views_with_limit:NO,YES
  use_stat_tables:NEVER,COMPLEMENTARY,PREFERABLY,COMPLEMENTARY_FOR_QUERIES,PREFERABLY_FOR_QUERIES
`,
} as const;
