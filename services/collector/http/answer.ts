// Answers as bytes: built once, written often.
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
  /** Without `Content-Length` and `Date`, which are added. Names and values must be free of line breaks; they are checked. */
  readonly fields?: { readonly [name: string]: string };
  readonly body?: Buffer | string;
}

/**
 * On every answer, whatever it is: of the headers that the document promises, those that no load balancer can set. The two others it sets
 * itself, over what comes from here (lib/edge/response-headers.ts). (DSS-6.7.1)
 */
const promised = { 'Referrer-Policy': 'strict-origin-when-cross-origin', 'X-XSS-Protection': '1; mode=block' } as const;

const line = /^[\t\x20-\x7e]*$/;

/** Builds an answer. Throws for a status that the program does not give, and for a field that would begin a new line. */
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

/** A refusal: one line of JSON that says where, what was expected and what came. It must not repeat what may be personal. */
export function refusal(status: number, error: string, fields: { readonly [name: string]: string } = {}): Answer {
  return answer({
    status,
    fields: { 'Content-Type': 'application/json', ...(status === 503 ? { 'Retry-After': '1' } : {}), ...fields },
    body: `${JSON.stringify({ error })}\n`,
  });
}

/** The bytes of an answer that ends its connection, and that has no body where the request was `HEAD`. */
export function lastBytes({ bytes, bodyStart }: Answer, close: boolean, head: boolean): Buffer {
  const end = head ? bodyStart : bytes.length;
  if (!close) return bytes.subarray(0, end);
  return Buffer.concat([bytes.subarray(0, bodyStart - 2), Buffer.from('Connection: close\r\n\r\n'), bytes.subarray(bodyStart, end)]);
}
