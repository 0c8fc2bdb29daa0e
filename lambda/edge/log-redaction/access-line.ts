// Lines of the access log: requests to collectors lose the address and the query string. Pure. (TOM-4.13)
import { truncatedAddress } from '../../../runtime/pseudonymisation';
import { type Field, isTime, type LogForm, noValue, readFields, unreadableLine, writeFields } from './fields';
import { withoutAddress } from './free-text';
import type { Kind, RedactedLine } from './redacted-line';
import { isCollection, isMisdirected, redactedHost, redactedRequest, redactedUrl, urlOf } from './urls';

/** "Access logs for your Application Load Balancer", with the fields of 2025. */
const names = [
  ...['type', 'time', 'elb', 'client', 'target', 'request_processing_time', 'target_processing_time', 'response_processing_time'],
  ...['elb_status_code', 'target_status_code', 'received_bytes', 'sent_bytes', 'request', 'user_agent', 'ssl_cipher', 'ssl_protocol'],
  ...['target_group_arn', 'trace_id', 'domain_name', 'chosen_cert_arn', 'matched_rule_priority', 'request_creation_time'],
  ...['actions_executed', 'redirect_url', 'error_reason', 'target_list', 'target_status_code_list', 'classification'],
  ...['classification_reason', 'conn_trace_id', 'transformed_host', 'transformed_uri', 'request_transform_status', 'node'],
] as const;
type Name = (typeof names)[number];

/** `conn_trace_id` and the fields after it are younger than the format. */
const form: LogForm = { least: names.indexOf('conn_trace_id'), known: names.length };

/** Replaces the text of a field. */
type Redaction = (text: string, paths: readonly string[]) => string;

/** Keeps a text of this form; any other text becomes no value. */
const only =
  (pattern: RegExp): Redaction =>
  (text) =>
    pattern.test(text) ? text : noValue;

const seconds = only(/^-?\d{1,9}(\.\d{1,9})?$/);
const count = only(/^\d{1,15}$/);
const statuses = only(/^\d{3}( \d{3})*$/);
const word = only(/^[\w.-]{1,64}$/);
const targets = only(/^[0-9a-f.:[\]]{3,45}:\d{1,5}( [0-9a-f.:[\]]{3,45}:\d{1,5})*$/i);
const arn = only(/^(arn:[\w:/.-]{1,300}|session-reused)$/);

/**
 * What remains of each field for a request to a collector. The user agent remains. The part `Root` of the trace
 * identifies the request; its other parts come from the client. The trace of the connection and the port of the client
 * would lead to other requests of the connection, of which some have the whole address.
 */
const redactions: Readonly<Record<Exclude<Name, 'client'>, Redaction>> = {
  type: only(/^(https?|h2|grpcs|wss?)$/),
  time: (text) => (isTime(text) ? text : noValue),
  elb: only(/^[\w./-]{1,200}$/),
  target: targets,
  request_processing_time: seconds,
  target_processing_time: seconds,
  response_processing_time: seconds,
  elb_status_code: statuses,
  target_status_code: statuses,
  received_bytes: count,
  sent_bytes: count,
  request: redactedRequest,
  user_agent: (text) => text,
  ssl_cipher: word,
  ssl_protocol: word,
  target_group_arn: arn,
  trace_id: (text) => /(?:^|;)(Root=1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/i.exec(text)?.[1] ?? noValue,
  domain_name: redactedHost,
  chosen_cert_arn: arn,
  matched_rule_priority: only(/^-?\d{1,6}$/),
  request_creation_time: (text) => (isTime(text) ? text : noValue),
  actions_executed: only(/^[a-z-]{1,30}(,[a-z-]{1,30})*$/),
  redirect_url: redactedUrl,
  error_reason: only(/^[A-Za-z]{1,64}$/),
  target_list: targets,
  target_status_code_list: statuses,
  classification: only(/^[A-Za-z]{1,30}$/),
  classification_reason: only(/^[A-Za-z]{1,64}$/),
  conn_trace_id: () => noValue,
  transformed_host: redactedHost,
  transformed_uri: redactedUrl,
  request_transform_status: only(/^Transform[A-Za-z]{1,40}$/),
  node: () => noValue,
};

/**
 * One line, redacted. A request that is refused, or that is not a hit, keeps the whole address. A hit whose client is
 * not an address is unreadable: its other texts may have the address in an unknown form.
 */
export function redactAccessLine(line: string, paths: readonly string[]): RedactedLine {
  const fields = readFields(line, form);
  if (!fields || !hasShape(fields)) return unreadable(line);
  const textOf = (name: Name): string => fields[names.indexOf(name)]?.text ?? noValue;
  const fault = fields.length > form.known ? ({ fault: 'unknownFields' } as const) : {};
  if (!isHit(textOf, paths)) return { kind: 'whole', text: writeFields(knownFields(fields)), ...fault };
  const kind = isRefused(textOf) ? 'whole' : 'pseudonymous';
  const address = addressOf(textOf('client'));
  if (kind === 'pseudonymous' && truncatedAddress(address) === undefined) return unreadable(line);
  const kept = fields.map((field, index) => redactedField(field, names[index], kind, paths));
  return { kind, text: writeFields(kind === 'pseudonymous' ? withoutAddress(kept, address) : kept), ...fault };
}

const unreadable = (line: string): RedactedLine => ({
  kind: 'pseudonymous',
  text: unreadableLine(line, form, names.indexOf('time')),
  fault: 'unreadable',
});

/**
 * The fields up to the user agent have one form each: where one has another, the fields are not those of their places.
 */
function hasShape(fields: readonly Field[]): boolean {
  return names.slice(0, names.indexOf('ssl_cipher')).every((name, index) => {
    const { text = '', quoted } = fields[index] ?? {};
    if (name === 'request' || name === 'user_agent') return quoted === true;
    return quoted === false && (name === 'client' || text === noValue || redactions[name](text, []) === text);
  });
}

type TextOf = (name: Name) => string;

/** Whether a request is a hit, or was meant to be one: also under a wrong path, which no target answers. */
function isHit(textOf: TextOf, paths: readonly string[]): boolean {
  const url = urlOf(textOf('request')) ?? '';
  return isCollection(url, paths) || (textOf('target_status_code') === noValue && isMisdirected(url, paths));
}

/** Fields that this version does not know may hold anything. */
const knownFields = (fields: readonly Field[]): readonly Field[] =>
  fields.map((field, index) => (index < form.known ? field : { ...field, text: noValue }));

/** Fields that remain where the whole address does. */
const withAddress: readonly Name[] = ['client', 'conn_trace_id', 'node'];

function redactedField(field: Field, name: Name | undefined, kind: Kind, paths: readonly string[]): Field {
  if (name === undefined) return { ...field, text: noValue };
  if (kind === 'whole' && withAddress.includes(name)) return field;
  if (name !== 'client') return { ...field, text: redactions[name](field.text, paths) };
  const network = truncatedAddress(addressOf(field.text));
  return { ...field, text: network === undefined ? noValue : `${network}:0` };
}

/** The last colon separates the port; an address of IPv6 may have brackets. */
const addressOf = (client: string): string => /^(.*):\d{1,5}$/.exec(client)?.[1] ?? client;

/** Statuses of hits under a wrong path, and of clients that send nothing more or leave. */
const notRefused = ['404', '408', '460'];

/**
 * Whether the firewall or the load balancer refused a hit: the last action is the firewall's, or a status 4xx came
 * from no target. Not a refusal: a firewall that cannot be reached (`waf-failed`), as every visitor meets it; and the
 * answers of collectors to hits that they do not store.
 */
function isRefused(textOf: TextOf): boolean {
  if (textOf('actions_executed').split(',').at(-1) === 'waf') return true;
  const status = textOf('elb_status_code');
  return /^4\d\d$/.test(status) && !notRefused.includes(status) && textOf('target_status_code') === noValue;
}
