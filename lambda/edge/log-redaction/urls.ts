// URLs of requests: which of them lead to a collector, and what remains of those. Pure.
import { isIP } from 'node:net';
import { noValue } from './fields';

/** A URL as the load balancer logs it, as in `https://www.example.com:443/hit.gif?url=...` ("request" field). */
const form = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#\s]*?)(:\d+)?(\/[^?#\s]*)?(\?[^#\s]*)?(#\S*)?$/i;

/** The methods and versions are those of RFC 9110 and RFC 9112, whatever the client sends. */
const requestForm = /^([!#$%&'*+.^_`|~\w-]+) (\S+) (\S+)$/;

/** The URL of a `request` field; undefined if the load balancer could not read the request. */
export const urlOf = (request: string): string | undefined => requestForm.exec(request)?.[2];

/**
 * Whether a URL leads to a collector, or was meant to. A path counts by its beginning, after its encodings, cases and
 * doubled slashes: a misspelt address has the same query string. Text that is not a URL counts, too.
 */
export function isCollection(url: string, paths: readonly string[]): boolean {
  const path = pathOf(url);
  return path === undefined || paths.some((start) => path.startsWith(start));
}

/** Whether the path of a URL ends as one of a collector does, as in `/analytics/hit.gif`. */
export function isMisdirected(url: string, paths: readonly string[]): boolean {
  const path = pathOf(url);
  return path === undefined || paths.some((end) => path.endsWith(end));
}

/** Rounds of decoding: no browser and no SDK encodes a path more often. */
const longestEncoding = 4;

/** The path without encodings, cases, doubled slashes and dots; undefined for text that is not a URL. */
function pathOf(url: string): string | undefined {
  const parts = form.exec(url);
  if (!parts) return undefined;
  let text = parts[4] ?? '/';
  for (let round = 0; round < longestEncoding; round++) {
    text = text.replace(/%([0-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  }
  const segments: string[] = [];
  for (const segment of (text.toLowerCase().split(/[?#;]/)[0] ?? '').split(/[/\\]+/)) {
    if (segment === '..') segments.pop();
    else if (segment.trim() !== '' && segment !== '.') segments.push(segment.trim());
  }
  return `/${segments.join('/')}`;
}

/**
 * A collection URL without query string, fragment and user. Its path remains if it is that of a collector, and its
 * host if it is a name: other texts there come from the client.
 */
export function redactedUrl(url: string, paths: readonly string[]): string {
  const [, scheme, host, port = '', path = '/'] = form.exec(url) ?? [];
  if (scheme === undefined || host === undefined) return noValue;
  return `${scheme.toLowerCase()}${redactedHost(host)}${port}${paths.includes(path) ? path : `/${noValue}`}`;
}

/** A `request` field, with its URL redacted. */
export function redactedRequest(request: string, paths: readonly string[]): string {
  const [, method = '', url = '', version = ''] = requestForm.exec(request) ?? [];
  if (!/^[A-Z]{1,20}$/.test(method) || !/^HTTP\/[\d.]{1,3}$/.test(version)) return noValue;
  return `${method} ${redactedUrl(url, paths)} ${version}`;
}

/** The name of a host; no value for an address, which may be that of the client, and for any other text. */
export function redactedHost(host: string): string {
  const isName = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/i.test(host);
  return isName && isIP(host.replace(/\.$/, '')) === 0 && !/^[\d.]+$/.test(host) ? host : noValue;
}
