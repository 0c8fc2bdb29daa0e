// The hit as collectors send it, a line of JSON, and its validation before storage.
import { acceptedDays, dayFrom } from './hit-days';
import { membersOf, namesIn } from './json-text';
import type { Reject, RejectReason } from './reject';
import { type SiteId, siteId } from './site';

/** A hit as it is stored. Addresses and the configured fields are already pseudonymous. (TOM-4.13) */
export interface Hit {
  readonly site: SiteId;
  /** UUID of the collector, which identifies a duplicate together with `received`, or of the client: `ownId`. */
  readonly id: string;
  /** Whether the client chose the id: a second hit of the site with it is a retry, although it was received later. */
  readonly ownId?: true;
  /** Time of the collector's answer, ISO 8601 in UTC. */
  readonly received: string;
  /** Time of the event by the browser's clock. @default received */
  readonly occurred: string;
  /** The client's time as it was sent, if it could not be used for `occurred`. */
  readonly clientTime?: string;
  readonly kind: string;
  readonly url?: string;
  readonly referrer?: string;
  readonly visitor?: string;
  /**
   * Whether the client returned the cookie with the visitor. `false`: the visitor was made for this hit, and reports
   * may leave it out until its cookie comes back. Undefined for a visitor that the client named itself.
   */
  readonly returning?: boolean;
  readonly address?: string;
  readonly userAgent?: string;
  /** A JSON object, as text: its numbers have the digits that were sent. */
  readonly fields?: string;
  /** Repairs by the collector, `<name>:<repair>`, as in `url:cut`. */
  readonly repairs?: readonly string[];
  /** Version of the site's key under which fields were hashed. @default 1 */
  readonly keyVersion: number;
}

/** Maximum length of each text in characters, as its column accepts it. */
export const textLimits = { kind: 64, url: 16_384, referrer: 16_384, visitor: 128, address: 64, userAgent: 512, clientTime: 64 } as const;
type TextField = keyof typeof textLimits;

/** Maximum size of `fields` as JSON in bytes, and its maximum depth. */
export const fieldsLimits = { bytes: 8192, depth: 20 } as const;

/** Maximum number of repairs of a hit, and of characters of each. */
export const repairsLimits = { count: 16, characters: 64 } as const;

/**
 * Accepted clock skew: a collector's clock ahead by 5 minutes; a browser's ahead of the collector's by 5 minutes, or
 * behind by 7 days.
 */
export const skew = { minutesAhead: 5, daysBehind: 7 } as const;

const minute = 60_000;
const knownFields = new Set([
  ...['site', 'id', 'ownId', 'received', 'occurred', 'returning', 'fields', 'repairs', 'keyVersion'],
  ...Object.keys(textLimits),
]);
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/;
const repair = new RegExp(`^[\\x21-\\x7e]{1,${repairsLimits.characters}}$`);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class Refusal extends Error {
  constructor(
    readonly reason: RejectReason,
    detail: string,
  ) {
    super(detail);
  }
}

/**
 * A valid hit, or the reason for its rejection. `site` is set as soon as it could be read, so that a reject is stored
 * with its site.
 */
export type ParsedRecord = { readonly hit: Hit } | { readonly site?: SiteId; readonly reject: Reject };

/** Reads one record at the time `now`. Never throws for a bad record: it becomes a reject. */
export function parseHit(record: Uint8Array, now: Date): ParsedRecord {
  let site: SiteId | undefined;
  try {
    const text = decode(record);
    const value = parse(text);
    site = readSite(value.site);
    // In valid UTF-8 and JSON, NUL and unpaired surrogates occur only as escapes; text without escapes needs no check.
    return { hit: readHit(site, value, now, { escaped: text.includes('\\u'), text }) };
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
    // Reported below, like JSON that is not an object.
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
  readonly text: string;
}

function readHit(site: SiteId, value: Record<string, unknown>, now: Date, raw: Raw): Hit {
  const unknownField = Object.keys(value).find((name) => !knownFields.has(name));
  if (unknownField !== undefined)
    throw new Refusal('unknown-field', `record: expected known fields, got ${JSON.stringify(unknownField.slice(0, 64))}`);
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
  const marks = { ...readMarks(value), ...readRepairs(value.repairs) };
  const texts: { [name in TextField]?: string } = {};
  for (const name of Object.keys(textLimits) as TextField[]) {
    if (value[name] !== undefined) texts[name] = readText(name, value[name], textLimits[name], raw.escaped);
  }
  const { kind, ...others } = texts;
  if (kind === undefined || kind === '') throw new Refusal('missing-field', 'kind: expected a text, got none');
  return { site, id: id.toLowerCase(), received, occurred, kind, keyVersion, ...others, ...fields, ...marks };
}

function readMarks({ ownId, returning }: Record<string, unknown>): Pick<Hit, 'ownId' | 'returning'> {
  if (ownId !== undefined && ownId !== true) throw new Refusal('invalid-value', 'ownId: expected true, got something else');
  if (returning !== undefined && typeof returning !== 'boolean') {
    throw new Refusal('invalid-value', 'returning: expected true or false, got something else');
  }
  return { ...(ownId === undefined ? {} : { ownId }), ...(returning === undefined ? {} : { returning }) };
}

function readRepairs(value: unknown): Pick<Hit, 'repairs'> {
  if (value === undefined) return {};
  const isRepair = (item: unknown): item is string => typeof item === 'string' && repair.test(item);
  if (Array.isArray(value) && value.length > 0 && value.length <= repairsLimits.count && value.every(isRepair)) return { repairs: value };
  throw new Refusal('invalid-value', `repairs: expected 1 to ${repairsLimits.count} texts of visible ASCII, got something else`);
}

function readTime(name: string, value: unknown): string {
  if (!isTimestamp(value)) {
    throw new Refusal('invalid-value', `${name}: expected a time as in 2026-01-31T12:00:00.000Z, got something else`);
  }
  return value;
}

/** Whether a value is an existing time in UTC, in a form that the database accepts. */
export const isTimestamp = (value: unknown): value is string => typeof value === 'string' && timestamp.test(value) && isCalendarDate(value);

// Date.parse reads 30 February as 2 March; PostgreSQL rejects it.
function isCalendarDate(value: string): boolean {
  const time = Date.parse(value);
  if (value.slice(8, 10) <= '28') return !Number.isNaN(time);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 19) === value.slice(0, 19);
}

/** An erasure that was asked for after an older hit may have ended. */
const oldestArrival = (now: Date): number => Date.parse(dayFrom(now, -acceptedDays));

function checkClocks(received: number, occurred: number, now: Date): void {
  if (received > now.getTime() + skew.minutesAhead * minute) {
    throw new Refusal(
      'clock-skew',
      `received: expected at most ${skew.minutesAhead} minutes ahead of now, got more; set the collector's clock`,
    );
  }
  if (received < oldestArrival(now))
    throw new Refusal('clock-skew', `received: expected today or one of the ${acceptedDays} days before, got an older one`);
  if (occurred > received + skew.minutesAhead * minute || occurred < received - skew.daysBehind * 1440 * minute) {
    throw new Refusal(
      'clock-skew',
      `occurred: expected at most ${skew.minutesAhead} minutes after received and ${skew.daysBehind} days before, got more`,
    );
  }
}

function readText(name: string, value: unknown, limit: number, escaped: boolean): string {
  if (typeof value !== 'string') throw new Refusal('invalid-value', `${name}: expected a text, got ${typeof value}`);
  // PostgreSQL counts code points; the cheaper test comes first.
  if (value.length > limit && [...value].length > limit) {
    throw new Refusal('too-long', `${name}: expected at most ${limit} characters, got ${[...value].length}`);
  }
  if (escaped) checkStorable(name, value);
  return value;
}

// PostgreSQL cannot store U+0000. An unpaired surrogate is not a character and would be replaced silently.
const unstorable = /\0|\p{Cs}/u;

/** Whether the database can store a text unchanged. */
export const isStorable = (text: string): boolean => !unstorable.test(text);

function checkStorable(name: string, text: string): void {
  if (!isStorable(text)) throw new Refusal('unstorable-character', `${name}: expected whole characters without NUL, got others`);
}

/** The text of `fields`: what JSON.parse makes of its numbers is not stored. */
function readFields(value: unknown, { escaped, text }: Raw): string {
  const member = membersOf(text).findLast(({ name }) => name === 'fields');
  if (!isObject(value) || member === undefined) {
    throw new Refusal('invalid-value', 'fields: expected a JSON object, got something else');
  }
  const { text: fields, scan } = member;
  if (scan.deepest > fieldsLimits.depth) {
    throw new Refusal('invalid-value', `fields: expected at most ${fieldsLimits.depth} levels, got more`);
  }
  if (scan.wide) throw new Refusal('invalid-value', 'fields: expected numbers of at most 1,000 digits, got a longer one');
  // jsonb would keep the last of them.
  if (scan.names !== namesIn(value)) throw new Refusal('invalid-value', 'fields: expected each name once, got a repeated one');
  if (escaped) checkTexts(value);
  const bytes = fields.length * 3 <= fieldsLimits.bytes ? 0 : Buffer.byteLength(fields);
  if (bytes > fieldsLimits.bytes)
    throw new Refusal('too-long', `fields: expected at most ${fieldsLimits.bytes} bytes as JSON, got ${bytes}`);
  return fields;
}

function checkTexts(value: unknown): void {
  if (typeof value === 'string') checkStorable('fields', value);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, item] of Object.entries(value)) {
    checkStorable('fields', name);
    checkTexts(item);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
