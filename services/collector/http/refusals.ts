// Refusals by the server itself, before the application. Each closes its connection: the end of the request is
// unknown.
import { refusal } from './answer';
import type { Answer } from './message';

/** By the counted reason. No refusal repeats data of the request. */
export const refusals = {
  'request-line': refusal(400, 'request line: expected <method> <target> HTTP/1.1, got something else'),
  target: refusal(400, 'request line: expected a path or an http URL in visible ASCII, got something else'),
  version: refusal(400, 'request line: expected HTTP/1.1 or HTTP/1.0, got another version'),
  'long-target': refusal(414, 'request line: expected at most 16384 bytes, got more; send long hits by POST'),
  field: refusal(400, 'header: expected lines <name>: <value> of visible characters, ended by CR LF, got something else'),
  'repeated-field': refusal(400, 'header: expected a field with a single value once, got it again'),
  'large-header': refusal(431, 'header: expected at most 100 fields and 32768 bytes, got more'),
  host: refusal(400, 'Host: expected exactly one host, as in example.com:8080, got something else'),
  'content-length': refusal(400, 'Content-Length: expected one number of bytes, got something else'),
  'transfer-encoding': refusal(400, 'Transfer-Encoding: expected chunked, in HTTP/1.1 and without Content-Length, got something else'),
  expectation: refusal(417, 'Expect: expected 100-continue, got something else'),
  chunk: refusal(400, 'chunked body: expected <size in hexadecimal>, CR LF, that many bytes, CR LF, got something else'),
  'large-body': refusal(413, 'body: expected at most 1048576 bytes, got more; send smaller batches'),
  'slow-header': refusal(408, 'header: expected its end in time, got none'),
  'slow-body': refusal(408, 'body: expected its end in time, got none'),
  busy: refusal(503, 'server: expected room for another body, got none; send it again later'),
} as const satisfies { readonly [reason: string]: Answer };

export type HttpRefusalReason = keyof typeof refusals;

/** The answer after an error of the application. */
export const unavailable = refusal(503, 'server: expected to answer, got an unexpected error; send it again later');
