// Lines of the load balancer's logs, as its documentation has them, with fields that tests replace.

/** Fields of an access log line in their order, with the quotes of the log. */
const access = {
  type: 'https',
  time: '2026-11-29T06:15:10.123456Z',
  elb: 'app/production-edge/50dc6c495c0c9188',
  client: '203.0.113.77:49660',
  target: '10.64.3.9:8080',
  request_processing_time: '0.000',
  target_processing_time: '0.002',
  response_processing_time: '0.000',
  elb_status_code: '204',
  target_status_code: '204',
  received_bytes: '812',
  sent_bytes: '240',
  request: '"GET https://collect.example.com:443/hit.gif?visitor=ann HTTP/2.0"',
  user_agent: '"Mozilla/5.0 (X11; Linux x86_64)"',
  ssl_cipher: 'TLS_AES_128_GCM_SHA256',
  ssl_protocol: 'TLSv1.3',
  target_group_arn: 'arn:aws:elasticloadbalancing:eu-west-3:111111111111:targetgroup/hits/73e2d6bc24d8a067',
  trace_id: '"Root=1-58337364-23a8c76965a2ef7629b185e3"',
  domain_name: '"collect.example.com"',
  chosen_cert_arn: '"arn:aws:acm:eu-west-3:111111111111:certificate/12345678-1234-1234-1234-123456789012"',
  matched_rule_priority: '10',
  request_creation_time: '2026-11-29T06:15:10.120000Z',
  actions_executed: '"waf,forward"',
  redirect_url: '"-"',
  error_reason: '"-"',
  target_list: '"10.64.3.9:8080"',
  target_status_code_list: '"204"',
  classification: '"-"',
  classification_reason: '"-"',
  conn_trace_id: 'TID_1234abcd5678ef90',
  transformed_host: '"-"',
  transformed_uri: '"-"',
  request_transform_status: '"-"',
  node: '198.51.100.4',
};
export type AccessFields = typeof access;

export const accessLine = (changes: Partial<AccessFields> = {}, ...more: readonly string[]): string =>
  [...Object.values({ ...access, ...changes }), ...more].join(' ');

const connection = {
  time: '2026-11-29T06:15:10.123456Z',
  client_ip: '203.0.113.77',
  client_port: '49660',
  listener_port: '443',
  tls_protocol: 'TLSv1.3',
  tls_cipher: 'TLS_AES_128_GCM_SHA256',
  tls_handshake_latency: '4.036',
  leaf_client_cert_subject: '"-"',
  leaf_client_cert_validity: '-',
  leaf_client_cert_serial_number: '-',
  tls_verify_status: 'Success',
  conn_trace_id: 'TID_1234abcd5678ef90',
  tls_keyexchange: 'X25519MLKEM768',
};
export type ConnectionFields = typeof connection;

export const connectionLine = (changes: Partial<ConnectionFields> = {}, ...more: readonly string[]): string =>
  [...Object.values({ ...connection, ...changes }), ...more].join(' ');

/** A request that a collector answers. */
export const requestOf = (path: string, method = 'GET'): string => `"${method} https://collect.example.com:443${path} HTTP/1.1"`;

/** What the load balancer logs for a request that it answers itself. */
export const byBalancer = (status: string, actions = 'waf,fixed-response'): Partial<AccessFields> => ({
  elb_status_code: status,
  target: '-',
  target_status_code: '-',
  target_list: '"-"',
  target_status_code_list: '"-"',
  actions_executed: `"${actions}"`,
});
