// Request bodies: their media type, their text, and the hits in them.
import { isUtf8 } from 'node:buffer';
import type { HttpRequest } from '../http/message';
import { readFormHit, readQueryHit } from './form';
import { HitRejection } from './hit-rejection';
import { readJsonHit, readJsonHits, readOctetsHit } from './json-hit';
import type { RawHit } from './raw-hit';

/** Maximum bytes of a body with one hit, and maximum hits of a batch. The server limits the bytes of a batch. */
const bodyLimits = { hitBytes: 65_536, batchHits: 1000 } as const;

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

/** A body as UTF-8; if it is not, its octets as Latin-1 text, in which each hit is decoded by itself. */
const decode = (body: Buffer): { readonly text: string; readonly isText: boolean } =>
  isUtf8(body)
    ? { text: body.toString('utf8').replace(/^\ufeff/, ''), isText: true }
    : { text: body.toString('latin1').replace(/^\xef\xbb\xbf/, ''), isText: false };

/** Reads the body of `/hit`. */
export function readOne(body: Buffer, type: BodyType): RawHit | HitRejection {
  if (body.length > bodyLimits.hitBytes)
    return new HitRejection('too-long', `body: expected at most ${bodyLimits.hitBytes} bytes, got more`, 413);
  const { text, isText } = decode(body);
  if (type === 'form') return isText ? readFormHit(text) : readQueryHit(text);
  return isText ? readJsonHit(text) : readOctetsHit(text);
}

/**
 * Reads the body of `/hits`: a JSON array or JSON Lines. Returns each hit or its rejection, or the rejection of the
 * whole body.
 */
export function readBatch(body: Buffer, type: BodyType): readonly (RawHit | HitRejection)[] | HitRejection {
  const { text, isText } = decode(body);
  const read = isText ? readJsonHit : readOctetsHit;
  const isLines = type === 'lines' || !/^[\t\n\r ]*\[/.test(text);
  const hits = isLines ? splitLines(text).map(read) : readJsonHits(text, bodyLimits.batchHits + 1, isText);
  if (hits instanceof HitRejection) return hits;
  if (hits.length > 0 && hits.length <= bodyLimits.batchHits) return hits;
  const got = hits.length === 0 ? 'none' : 'more';
  return new HitRejection('too-long', `batch: expected 1 to ${bodyLimits.batchHits} hits, got ${got}`, hits.length === 0 ? 400 : 413);
}

const splitLines = (text: string): string[] =>
  text
    .split('\n', bodyLimits.batchHits * 2 + 1)
    .filter((line) => line.trim() !== '')
    .slice(0, bodyLimits.batchHits + 1);
