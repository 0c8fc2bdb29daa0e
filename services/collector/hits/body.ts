// Bodies with hits: their type, their text, and the hits in them.
import { isUtf8 } from 'node:buffer';
import type { HttpRequest } from '../http/message';
import { readForm } from './form';
import { Unfit } from './unfit';
import { isObject } from './wire-hit';

/** Most bytes of a body with one hit, and most hits of a batch. The server bounds the bytes of a batch. */
const bodyLimits = { hitBytes: 65_536, batchHits: 1000 } as const;

/** A hit as it came, its texts not checked yet. */
export interface RawHit {
  readonly value: { readonly [name: string]: unknown };
  /** Whether texts may hold NUL or half surrogate pairs. */
  readonly escaped: boolean;
}

export type BodyType = 'json' | 'lines' | 'form';

const types: { readonly [type: string]: BodyType } = {
  'application/json': 'json',
  // What sendBeacon says of a text, and fetch too: no preflight is needed for it.
  'text/plain': 'json',
  'application/x-www-form-urlencoded': 'form',
  'application/x-ndjson': 'lines',
  'application/jsonl': 'lines',
};

/** The type that a request says its body is of; JSON where it says nothing. Undefined: one that is not read, or in another charset. */
export function bodyType(request: HttpRequest): BodyType | undefined {
  const encoding = request.field('content-encoding');
  if (encoding !== undefined && !/^identity$/i.test(encoding)) return undefined;
  const field = request.field('content-type');
  if (field === undefined || field === 'application/json') return 'json';
  const [type = '', ...parameters] = field.split(';').map((part) => part.trim().toLowerCase());
  const foreign = parameters.find((parameter) => parameter.startsWith('charset=') && !/^charset="?utf-?8"?$/.test(parameter));
  return foreign === undefined && Object.hasOwn(types, type) ? types[type] : undefined;
}

/** The text of a body; Unfit where it is no UTF-8. */
function decode(body: Buffer): string | Unfit {
  return isUtf8(body) ? body.toString('utf8') : new Unfit('invalid-utf8', 'body: expected UTF-8, got other bytes');
}

/** Reads the body of `/hit`. */
export function readOne(body: Buffer, type: BodyType): RawHit | Unfit {
  if (body.length > bodyLimits.hitBytes) return new Unfit('too-long', `body: expected at most ${bodyLimits.hitBytes} bytes, got more`, 413);
  const text = decode(body);
  if (text instanceof Unfit) return text;
  return type === 'form' ? readFormHit(text) : readJson(text);
}

export function readFormHit(text: string): RawHit | Unfit {
  const value = readForm(text);
  return value instanceof Unfit ? value : { value, escaped: text.includes('%00') || text.includes('\0') };
}

function readJson(text: string): RawHit | Unfit {
  return asHit(parse(text), text.includes('\\u'));
}

/** Undefined for what is no JSON; JSON itself has no undefined. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const asHit = (value: unknown, escaped: boolean): RawHit | Unfit =>
  isObject(value) ? { value, escaped } : new Unfit('not-json', 'hit: expected a JSON object, got something else');

/** Reads the body of `/hits`: a JSON array, or JSON Lines. Unfit where nothing of it can be read; else each hit, or why it is none. */
export function readBatch(body: Buffer, type: BodyType): readonly (RawHit | Unfit)[] | Unfit {
  const text = decode(body);
  if (text instanceof Unfit) return text;
  const hits = type === 'lines' || !/^[\t\n\r ]*\[/.test(text) ? readLines(text) : readArray(text);
  if (hits instanceof Unfit) return hits;
  if (hits.length > 0 && hits.length <= bodyLimits.batchHits) return hits;
  const got = hits.length === 0 ? 'none' : 'more';
  return new Unfit('too-long', `batch: expected 1 to ${bodyLimits.batchHits} hits, got ${got}`, hits.length === 0 ? 400 : 413);
}

function readLines(text: string): (RawHit | Unfit)[] | Unfit {
  const lines = text.split('\n', bodyLimits.batchHits * 2 + 1).filter((line) => line.trim() !== '');
  return lines.slice(0, bodyLimits.batchHits + 1).map(readJson);
}

function readArray(text: string): (RawHit | Unfit)[] | Unfit {
  const values = parse(text);
  if (!Array.isArray(values)) return new Unfit('not-json', 'batch: expected a JSON array of hits, got something else');
  const escaped = text.includes('\\u');
  return values.slice(0, bodyLimits.batchHits + 1).map((value: unknown) => asHit(value, escaped));
}
