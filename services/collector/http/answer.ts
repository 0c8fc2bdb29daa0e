// Answers as bytes, built once and written often.
import { datePlaceholder } from './date';
import type { Answer } from './message';

const phrases: { readonly [status: number]: string } = {
  200: 'OK',
  204: 'No Content',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  417: 'Expectation Failed',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
};

export interface AnswerParts {
  readonly status: number;
  /** Without `Content-Length` and `Date`, which are added. Names and values are checked for line breaks. */
  readonly fields?: { readonly [name: string]: string };
  readonly body?: Buffer | string;
}

/**
 * Header fields of every answer: those of the document that a load balancer cannot set. It sets the two others itself
 * and overwrites any from here (lib/edge/response-headers.ts). (DSS-6.7.1)
 */
const promised = { 'Referrer-Policy': 'strict-origin-when-cross-origin', 'X-XSS-Protection': '1; mode=block' } as const;

const line = /^[\t\x20-\x7e]*$/;

/** Builds an answer. Throws for a status that the program does not use, and for a field with a line break. */
export function answer({ status, fields = {}, body = '' }: AnswerParts): Answer {
  const phrase = phrases[status];
  if (phrase === undefined) throw new Error(`answer: expected one of the statuses ${Object.keys(phrases).join(', ')}, got ${status}`);
  const content = typeof body === 'string' ? Buffer.from(body) : body;
  const all = { Date: datePlaceholder, ...fields, ...promised, ...(status === 204 ? {} : { 'Content-Length': String(content.length) }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const foul = lines.find((text) => !line.test(text));
  if (foul !== undefined) throw new Error(`answer: expected fields of visible ASCII, got ${JSON.stringify(foul.slice(0, 80))}`);
  const head = Buffer.from([`HTTP/1.1 ${status} ${phrase}`, ...lines, '', ''].join('\r\n'), 'latin1');
  const dateAt = head.indexOf('Date: ') + 'Date: '.length;
  return { status, bytes: Buffer.concat([head, content]), bodyStart: head.length, dateAt, second: 0 };
}

/** A page that isolates itself embeds an image, and gets the answer to a beacon, only with it (Fetch standard). */
export const embeddable = { 'Cross-Origin-Resource-Policy': 'cross-origin' } as const;

/** Also not stored by caches. */
export const uncached = { 'Cache-Control': 'no-store', ...embeddable } as const;

/** Without the second field, a page of another origin cannot read the first. */
const later = { 'Retry-After': '1', 'Access-Control-Expose-Headers': 'Retry-After' } as const;

/** A refusal: one line of JSON with the place, the expected and the actual form. It must not contain personal data. */
export function refusal(status: number, error: string, fields: { readonly [name: string]: string } = {}): Answer {
  return answer({
    status,
    fields: { 'Content-Type': 'application/json', ...uncached, ...(status === 503 ? later : {}), ...fields },
    body: `${JSON.stringify({ error })}\n`,
  });
}

/** The bytes of an answer that closes its connection, or that has no body because the request was `HEAD`. */
export function lastBytes({ bytes, bodyStart }: Answer, close: boolean, head: boolean): Buffer {
  const end = head ? bodyStart : bytes.length;
  if (!close) return bytes.subarray(0, end);
  return Buffer.concat([bytes.subarray(0, bodyStart - 2), Buffer.from('Connection: close\r\n\r\n'), bytes.subarray(bodyStart, end)]);
}
