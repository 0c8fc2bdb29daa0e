// Request bodies: their media type, their text, and the hits in them.
import { isUtf8 } from 'node:buffer';
import type { HttpRequest } from '../http/message';
import { readForm } from './form';
import { HitRejection } from './hit-rejection';
import { isObject } from './wire-hit';

/** Maximum bytes of a body with one hit, and maximum hits of a batch. The server limits the bytes of a batch. */
const bodyLimits = { hitBytes: 65_536, batchHits: 1000 } as const;

/** A hit as received, before validation. */
export interface RawHit {
  readonly value: { readonly [name: string]: unknown };
  /** Whether texts may contain NUL or unpaired surrogates. */
  readonly escaped: boolean;
}

export type BodyType = 'json' | 'lines' | 'form';

const types: { readonly [type: string]: BodyType } = {
  'application/json': 'json',
  // sendBeacon and fetch send this type for a string; it needs no preflight.
  'text/plain': 'json',
  'application/x-www-form-urlencoded': 'form',
  'application/x-ndjson': 'lines',
  'application/jsonl': 'lines',
};

/** The media type of a request's body; JSON by default. Undefined for an unsupported type, charset or encoding. */
export function bodyType(request: HttpRequest): BodyType | undefined {
  const encoding = request.field('content-encoding');
  if (encoding !== undefined && !/^identity$/i.test(encoding)) return undefined;
  const field = request.field('content-type');
  if (field === undefined || field === 'application/json') return 'json';
  const [type = '', ...parameters] = field.split(';').map((part) => part.trim().toLowerCase());
  const otherCharset = parameters.find((parameter) => parameter.startsWith('charset=') && !/^charset="?utf-?8"?$/.test(parameter));
  return otherCharset === undefined && Object.hasOwn(types, type) ? types[type] : undefined;
}

/** The text of a body in UTF-8. */
function decode(body: Buffer): string | HitRejection {
  return isUtf8(body) ? body.toString('utf8') : new HitRejection('invalid-utf8', 'body: expected UTF-8, got other bytes');
}

/** Reads the body of `/hit`. */
export function readOne(body: Buffer, type: BodyType): RawHit | HitRejection {
  if (body.length > bodyLimits.hitBytes)
    return new HitRejection('too-long', `body: expected at most ${bodyLimits.hitBytes} bytes, got more`, 413);
  const text = decode(body);
  if (text instanceof HitRejection) return text;
  return type === 'form' ? readFormHit(text) : readJson(text);
}

export function readFormHit(text: string): RawHit | HitRejection {
  const value = readForm(text);
  return value instanceof HitRejection ? value : { value, escaped: text.includes('%00') || text.includes('\0') };
}

function readJson(text: string): RawHit | HitRejection {
  return asHit(parse(text), text.includes('\\u'));
}

/** Undefined for text that is not JSON; no JSON text gives undefined. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const asHit = (value: unknown, escaped: boolean): RawHit | HitRejection =>
  isObject(value) ? { value, escaped } : new HitRejection('not-json', 'hit: expected a JSON object, got something else');

/**
 * Reads the body of `/hits`: a JSON array or JSON Lines. Returns each hit or its rejection, or the rejection of the
 * whole body.
 */
export function readBatch(body: Buffer, type: BodyType): readonly (RawHit | HitRejection)[] | HitRejection {
  const text = decode(body);
  if (text instanceof HitRejection) return text;
  const hits = type === 'lines' || !/^[\t\n\r ]*\[/.test(text) ? readLines(text) : readArray(text);
  if (hits instanceof HitRejection) return hits;
  if (hits.length > 0 && hits.length <= bodyLimits.batchHits) return hits;
  const got = hits.length === 0 ? 'none' : 'more';
  return new HitRejection('too-long', `batch: expected 1 to ${bodyLimits.batchHits} hits, got ${got}`, hits.length === 0 ? 400 : 413);
}

function readLines(text: string): (RawHit | HitRejection)[] | HitRejection {
  const lines = text.split('\n', bodyLimits.batchHits * 2 + 1).filter((line) => line.trim() !== '');
  return lines.slice(0, bodyLimits.batchHits + 1).map(readJson);
}

function readArray(text: string): (RawHit | HitRejection)[] | HitRejection {
  const values = parse(text);
  if (!Array.isArray(values)) return new HitRejection('not-json', 'batch: expected a JSON array of hits, got something else');
  const escaped = text.includes('\\u');
  return values.slice(0, bodyLimits.batchHits + 1).map((value: unknown) => asHit(value, escaped));
}
