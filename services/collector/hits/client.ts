// Who sends a request: the address that the last proxy of ours saw, the browser's name, and whether it asks for privacy.
import { textLimits } from '../../../runtime/hit';
import type { HttpRequest } from '../http/message';

export type ClientAddressSource = 'x-forwarded-for' | 'cf-connecting-ip' | 'peer';

/**
 * The client's address as text, not checked. Of `X-Forwarded-For`, the last entry: the load balancer appended it, all before it is
 * what the client says (Elastic Load Balancing, "HTTP headers and Application Load Balancers").
 */
export function clientAddress(request: HttpRequest, source: ClientAddressSource): string | undefined {
  if (source === 'peer') return request.peer;
  const field = request.field(source);
  if (field === undefined || source === 'cf-connecting-ip') return field;
  return withoutPort(field.slice(field.lastIndexOf(',') + 1).trim());
}

/** With client port preservation switched on, the load balancer writes `198.51.100.7:51000` and `[2001:db8::1]:51000`. */
function withoutPort(entry: string): string {
  const colon = entry.lastIndexOf(':');
  const isPort = colon > 0 && (entry.indexOf(':') === colon || entry.charCodeAt(colon - 1) === 0x5d);
  return isPort ? entry.slice(0, colon) : entry;
}

/** The browser's name, cut to what is stored: it is not the page's to mend. */
export function userAgent(request: HttpRequest): string | undefined {
  return request.field('user-agent')?.slice(0, textLimits.userAgent);
}

/** `DNT: 1` (Tracking Preference Expression) or `Sec-GPC: 1` (Global Privacy Control). */
export const privacySignal = (request: HttpRequest): boolean => request.field('dnt') === '1' || request.field('sec-gpc') === '1';
