// The client of a request: its address as seen by the last proxy of the deployment, its user agent, and its privacy
// signal.
import type { HttpRequest } from '../http/message';
import { textOfOctets } from './text-values';

export type ClientAddressSource = 'x-forwarded-for' | 'cf-connecting-ip' | 'peer';

/**
 * The client's address as text, not validated. From `X-Forwarded-For`, the last entry: the load balancer appended it,
 * and the client controls the entries before it (Elastic Load Balancing, "HTTP headers and Application Load
 * Balancers").
 */
export function clientAddress(request: HttpRequest, source: ClientAddressSource): string | undefined {
  if (source === 'peer') return request.peer;
  const field = request.field(source);
  if (field === undefined || source === 'cf-connecting-ip') return field;
  return withoutPort(field.slice(field.lastIndexOf(',') + 1).trim());
}

/** With client port preservation, the load balancer writes `198.51.100.7:51000` and `[2001:db8::1]:51000`. */
function withoutPort(entry: string): string {
  const colon = entry.lastIndexOf(':');
  const isPort = colon > 0 && (entry.indexOf(':') === colon || entry.charCodeAt(colon - 1) === 0x5d);
  return isPort ? entry.slice(0, colon) : entry;
}

/** The user agent, as octets of UTF-8 or otherwise of Latin-1. White space is none. */
export function userAgent(request: HttpRequest): string | undefined {
  const octets = request.field('user-agent');
  return octets === undefined || octets.trim() === '' ? undefined : textOfOctets(octets);
}

/**
 * `DNT: 1` (Tracking Preference Expression) or `Sec-GPC: 1` (Global Privacy Control). Any value but 0 is a signal: of
 * a client whose wish is in doubt, no data is kept.
 */
export const privacySignal = (request: HttpRequest): boolean => isSignal(request.field('dnt')) || isSignal(request.field('sec-gpc'));

const isSignal = (value: string | undefined): boolean => value !== undefined && value !== '0';
