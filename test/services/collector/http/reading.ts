// Reads requests from bytes with any split, in a form for comparison.
import { BodyBudget } from '../../../../services/collector/http/body';
import { defaultLimits, type HttpLimits } from '../../../../services/collector/http/limits';
import { RequestReader } from '../../../../services/collector/http/request-reader';

export interface Seen {
  readonly method: string;
  readonly target: string;
  readonly host: string | undefined;
  readonly body: string;
  readonly close: boolean;
}

export interface Reading {
  readonly requests: readonly Seen[];
  /** Why reading ended, or how far the last request came. */
  readonly end: string;
  readonly continues: number;
  /** Bytes that the unfinished body still holds. */
  readonly held: number;
}

/** Feeds pieces one after the other, taking every request as soon as it is there. */
export function read(pieces: readonly Buffer[], limits: Partial<HttpLimits> = {}): Reading {
  const all = { ...defaultLimits, ...limits };
  const budget = new BodyBudget(all.allBodyBytes);
  const reader = new RequestReader(all, budget, '192.0.2.1');
  const requests: Seen[] = [];
  let continues = 0;
  for (const piece of pieces) {
    reader.feed(piece);
    for (let result = reader.next(); result !== 'more'; result = reader.next()) {
      if (result === 'refused') return { requests, end: reader.reason, continues, held: budget.used };
      if (result === 'continue') continues++;
      else requests.push(seen(reader));
    }
  }
  return { requests, end: reader.state, continues, held: budget.used };
}

/** A reader with these octets. */
export function readerOf(text: string): RequestReader {
  const reader = new RequestReader(defaultLimits, new BodyBudget(defaultLimits.allBodyBytes), '192.0.2.1');
  reader.feed(bytes(text));
  return reader;
}

function seen(reader: RequestReader): Seen {
  const { method, path, query, close } = reader;
  return {
    method,
    target: query === '' ? path : `${path}?${query}`,
    host: reader.field('host'),
    body: reader.body.toString('latin1'),
    close,
  };
}

/** Latin-1 bytes of a text. */
export const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Cuts bytes at places. */
export function cut(all: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (all.length + 1)))].sort((one, other) => one - other);
  // Each piece with memory of its own, as it comes from a socket.
  return [0, ...sorted].map((from, index) => Buffer.from(all.subarray(from, sorted[index] ?? all.length)));
}
