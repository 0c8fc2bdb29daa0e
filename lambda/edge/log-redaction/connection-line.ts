// Lines of the connection log: connections lose the address, unless the load balancer refused the client's
// certificate. Pure. (TOM-4.13)
import { truncatedAddress } from '../../../runtime/pseudonymisation';
import { type Field, type LogForm, noValue, readFields, unreadableLine, writeFields } from './fields';
import { withoutAddress } from './free-text';
import type { RedactedLine } from './redacted-line';

/** "Connection logs for your Application Load Balancer", with the fields of 2025. */
const names = [
  ...['time', 'client_ip', 'client_port', 'listener_port', 'tls_protocol', 'tls_cipher', 'tls_handshake_latency'],
  ...['leaf_client_cert_subject', 'leaf_client_cert_validity', 'leaf_client_cert_serial_number', 'tls_verify_status'],
  ...['conn_trace_id', 'tls_keyexchange'],
];
const at = (name: string): number => names.indexOf(name);

/** `conn_trace_id` and the fields after it are younger than the format. */
const form: LogForm = { least: at('conn_trace_id'), known: names.length };

/**
 * One line, redacted. A connection has no path: whether it led to a collector or to a page is unknown, so it counts as
 * a visitor's. Handshakes that fail for another reason than the certificate are those of any client on a bad line.
 */
export function redactConnectionLine(line: string): RedactedLine {
  const fields = readFields(line, form);
  if (!fields) return { kind: 'pseudonymous', text: unreadableLine(line, form, at('time')), fault: 'unreadable' };
  const fault = fields.length > form.known ? ({ fault: 'unknownFields' } as const) : {};
  const known = fields.map((field, index) => (index < form.known ? field : { ...field, text: noValue }));
  if (known[at('tls_verify_status')]?.text.startsWith('Failed:ClientCert')) return { kind: 'whole', text: writeFields(known), ...fault };
  const address = known[at('client_ip')]?.text ?? noValue;
  const kept = known.map((field, index) => redactedField(field, index));
  return { kind: 'pseudonymous', text: writeFields(withoutAddress(kept, address)), ...fault };
}

function redactedField(field: Field, index: number): Field {
  if (index === at('client_ip')) return { ...field, text: truncatedAddress(field.text) ?? noValue };
  return index === at('client_port') ? { ...field, text: noValue } : field;
}
