// Refusals by the server itself, before the application. Each closes its connection: the end of the request is
// unknown.
import { refusal } from './answer';
import { anyOrigin, originFields } from './cors';
import type { Answer } from './message';

/** Status and error by the counted reason. No refusal repeats data of the request, other than its origin. */
const errors = {
  'request-line': [400, 'request line: expected <method> <target> HTTP/1.1, got something else'],
  target: [400, 'request line: expected a path or an http URL in visible ASCII, got something else'],
  version: [400, 'request line: expected HTTP/1.1 or HTTP/1.0, got another version'],
  'long-target': [414, 'request line: expected at most 16384 bytes, got more; send long hits by POST'],
  field: [400, 'header: expected lines <name>: <value> of visible characters, ended by CR LF, got something else'],
  'repeated-field': [400, 'header: expected a field with a single value once, got it again with another'],
  'large-header': [431, 'header: expected at most 100 fields and 32768 bytes, got more'],
  host: [400, 'Host: expected exactly one host, as in example.com:8080, got something else'],
  'content-length': [400, 'Content-Length: expected one number of bytes, got something else'],
  'transfer-encoding': [400, 'Transfer-Encoding: expected chunked, in HTTP/1.1 and without Content-Length, got something else'],
  expectation: [417, 'Expect: expected 100-continue, got something else'],
  chunk: [400, 'chunked body: expected <size in hexadecimal>, CR LF, that many bytes, CR LF, got something else'],
  'large-chunk-line': [431, 'chunked body: expected at most 1024 bytes of extensions and few small chunks, got more'],
  'large-body': [413, 'body: expected at most 1048576 bytes, got more; send smaller batches'],
  'slow-header': [408, 'header: expected its end within 10 seconds, got none'],
  'slow-body': [408, 'body: expected 4096 bytes a second, and its end within 180 seconds, got less; send smaller batches'],
  busy: [503, 'server: expected room for another body, got none; send it again later'],
} as const satisfies { readonly [reason: string]: readonly [number, string] };

export type HttpRefusalReason = keyof typeof errors;

export const httpRefusalReasons = Object.keys(errors) as readonly HttpRefusalReason[];

/** Readable for a page of the origin; for any page without credentials if the origin was not read. */
function readable(status: number, error: string, origin: string | undefined): Answer {
  const fields = originFields(origin);
  return refusal(status, error, Object.keys(fields).length > 0 ? fields : anyOrigin);
}

/** @param origin value of `Origin`, if it was read */
export function refusalOf(reason: HttpRefusalReason, origin: string | undefined): Answer {
  const [status, error] = errors[reason];
  return readable(status, error, origin);
}

/** The answer after an error of the application. */
export const unavailable = (origin: string | undefined): Answer =>
  readable(503, 'server: expected to answer, got an unexpected error; send it again later', origin);
