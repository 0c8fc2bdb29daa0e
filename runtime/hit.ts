// What a hit is on its way to the database: a line of JSON from a collector, checked before it is stored.
import type { Reject, RejectReason } from './reject';
import { type SiteId, siteId } from './site';

/** A hit as it is stored; addresses and named fields are pseudonymous already (TOM-4.13). */
export interface Hit {
  readonly site: SiteId;
  /** UUID that the collector gave it; with `received`, what tells a second delivery. */
  readonly id: string;
  /** When the collector answered it, ISO 8601 in UTC. */
  readonly received: string;
  /** When the browser says that it happened. @default received */
  readonly occurred: string;
  readonly kind: string;
  readonly url?: string;
  readonly referrer?: string;
  readonly visitor?: string;
  readonly address?: string;
  readonly userAgent?: string;
  readonly fields?: { readonly [name: string]: unknown };
  /** Version of the site's key that hashed fields were made with. @default 1 */
  readonly keyVersion: number;
}

/** Most characters of each text, as its column takes them. */
export const textLimits = { kind: 64, url: 2048, referrer: 2048, visitor: 128, address: 64, userAgent: 512 } as const;
type TextField = keyof typeof textLimits;

/** Most bytes of `fields` as JSON, and how deep it may be nested. */
export const fieldsLimits = { bytes: 8192, depth: 20 } as const;

/** Clocks: a collector's may be ahead of ours by 5 minutes; a browser's ahead of the collector's by 5 minutes, or behind by 7 days. */
export const skew = { minutesAhead: 5, daysBehind: 7 } as const;

const minute = 60_000;
const known = new Set(['site', 'id', 'received', 'occurred', 'fields', 'keyVersion', ...Object.keys(textLimits)]);
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class Refusal extends Error {
  constructor(
    readonly reason: RejectReason,
    detail: string,
  ) {
    super(detail);
  }
}

/** A checked hit, or why it is none. `site` is there as soon as it could be read, so that a reject finds its site. */
export type Parsed = { readonly hit: Hit } | { readonly site?: SiteId; readonly reject: Reject };

/** Reads one record at the time `now`. Never throws: what is no hit becomes a reject. */
export function parseHit(record: Uint8Array, now: Date): Parsed {
  let site: SiteId | undefined;
  try {
    const text = decode(record);
    const value = parse(text);
    site = readSite(value.site);
    // Bytes that are UTF-8, and JSON, hold NUL and half surrogate pairs only where they are escaped: the rest need not be looked at.
    return { hit: readHit(site, value, now, { escaped: text.includes('\\u'), length: record.length }) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...(site === undefined ? {} : { site }), reject: { reason: error.reason, detail: error.message, record } };
  }
}

function decode(record: Uint8Array): string {
  try {
    return decoder.decode(record);
  } catch {
    throw new Refusal('invalid-utf8', 'record: expected UTF-8, got other bytes');
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Told below, like JSON that is no object.
  }
  throw new Refusal('not-json', 'record: expected one JSON object, got something else');
}

function readSite(value: unknown): SiteId {
  try {
    return siteId(value);
  } catch {
    throw new Refusal('no-site', 'site: expected the id of a site, got none');
  }
}

interface Raw {
  readonly escaped: boolean;
  readonly length: number;
}

function readHit(site: SiteId, value: Record<string, unknown>, now: Date, raw: Raw): Hit {
  const stranger = Object.keys(value).find((name) => !known.has(name));
  if (stranger !== undefined)
    throw new Refusal('unknown-field', `record: expected known fields, got ${JSON.stringify(stranger.slice(0, 64))}`);
  const id = value.id;
  if (typeof id !== 'string' || !uuid.test(id)) throw new Refusal('invalid-value', 'id: expected a UUID, got something else');
  const received = readTime('received', value.received);
  const occurred = value.occurred === undefined ? received : readTime('occurred', value.occurred);
  checkClocks(Date.parse(received), Date.parse(occurred), now);
  const keyVersion = value.keyVersion ?? 1;
  if (typeof keyVersion !== 'number' || !Number.isInteger(keyVersion) || keyVersion < 1 || keyVersion > 2147483647) {
    throw new Refusal('invalid-value', 'keyVersion: expected a whole number of 1 or more, got something else');
  }
  const fields = value.fields === undefined ? {} : { fields: readFields(value.fields, raw) };
  const texts: { [name in TextField]?: string } = {};
  for (const name of Object.keys(textLimits) as TextField[]) {
    if (value[name] !== undefined) texts[name] = readText(name, value[name], textLimits[name], raw.escaped);
  }
  const { kind, ...others } = texts;
  if (kind === undefined || kind === '') throw new Refusal('missing-field', 'kind: expected a text, got none');
  return { site, id: id.toLowerCase(), received, occurred, kind, keyVersion, ...others, ...fields };
}

function readTime(name: string, value: unknown): string {
  if (!isTimestamp(value)) {
    throw new Refusal('invalid-value', `${name}: expected a time as in 2026-01-31T12:00:00.000Z, got something else`);
  }
  return value;
}

/** Whether a value is a time of day that there was, in UTC, as the database takes it. */
export const isTimestamp = (value: unknown): value is string => typeof value === 'string' && timestamp.test(value) && isCalendarDate(value);

// Date.parse takes 30 February for 2 March; PostgreSQL does not.
function isCalendarDate(value: string): boolean {
  const time = Date.parse(value);
  if (value.slice(8, 10) <= '28') return !Number.isNaN(time);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 19) === value.slice(0, 19);
}

/** Hits may arrive until the end of the month after theirs: older months are closed, and may be gone. */
const oldestArrival = (now: Date): number => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1);

function checkClocks(received: number, occurred: number, now: Date): void {
  if (received > now.getTime() + skew.minutesAhead * minute) {
    throw new Refusal(
      'clock-skew',
      `received: expected at most ${skew.minutesAhead} minutes ahead of now, got more; set the collector's clock`,
    );
  }
  if (received < oldestArrival(now)) throw new Refusal('clock-skew', 'received: expected this month or the last, got an older one');
  if (occurred > received + skew.minutesAhead * minute || occurred < received - skew.daysBehind * 1440 * minute) {
    throw new Refusal(
      'clock-skew',
      `occurred: expected at most ${skew.minutesAhead} minutes after received and ${skew.daysBehind} days before, got more`,
    );
  }
}

function readText(name: string, value: unknown, limit: number, escaped: boolean): string {
  if (typeof value !== 'string') throw new Refusal('invalid-value', `${name}: expected a text, got ${typeof value}`);
  // Code points, as PostgreSQL counts; the cheap test first.
  if (value.length > limit && [...value].length > limit) {
    throw new Refusal('too-long', `${name}: expected at most ${limit} characters, got ${[...value].length}`);
  }
  if (escaped) checkStorable(name, value);
  return value;
}

// PostgreSQL cannot store U+0000; half a surrogate pair is no character and would be replaced silently.
const unstorable = /\0|\p{Cs}/u;

/** Whether the database can store a text as it is. */
export const isStorable = (text: string): boolean => !unstorable.test(text);

function checkStorable(name: string, text: string): void {
  if (!isStorable(text)) throw new Refusal('unstorable-character', `${name}: expected whole characters without NUL, got others`);
}

function readFields(value: unknown, { escaped, length }: Raw): { [name: string]: unknown } {
  if (!isObject(value)) throw new Refusal('invalid-value', 'fields: expected a JSON object, got something else');
  checkJson(value, 0, escaped);
  // A number may grow as it is written out, from 1e20 to 21 digits: six times at most.
  if (length * 6 <= fieldsLimits.bytes) return value;
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > fieldsLimits.bytes)
    throw new Refusal('too-long', `fields: expected at most ${fieldsLimits.bytes} bytes as JSON, got ${bytes}`);
  return value;
}

function checkJson(value: unknown, depth: number, escaped: boolean): void {
  if (depth > fieldsLimits.depth) throw new Refusal('invalid-value', `fields: expected at most ${fieldsLimits.depth} levels, got more`);
  if (typeof value === 'string' && escaped) checkStorable('fields', value);
  // 1e999 is JSON, and no number here: it would be stored as null.
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Refusal('invalid-value', 'fields: expected numbers of 64 bits, got a larger one');
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, item] of Object.entries(value)) {
    if (escaped) checkStorable('fields', name);
    checkJson(item, depth + 1, escaped);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
