// The hit as clients send it, with the limits of runtime/hit.ts: a hit that is valid here is stored in the database.
import { fieldsLimits, isStorable, isTimestamp, skew, textLimits } from '../../../runtime/hit';
import { HitRejection } from './hit-rejection';

/** The names of a hit. */
export interface WireHit {
  readonly kind: string;
  readonly url: string | undefined;
  readonly referrer: string | undefined;
  readonly visitor: string | undefined;
  readonly occurred: string | undefined;
  readonly fields: { readonly [name: string]: unknown } | undefined;
}

const names = ['site', 'kind', 'url', 'referrer', 'visitor', 'occurred', 'fields'] as const;
const knownNames = new Set<string>(names);
const minute = 60_000;

export const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Validates a hit, except its site.
 *
 * @param received time of arrival, in milliseconds since 1970
 * @param escaped whether texts may contain NUL or unpaired surrogates, which JSON expresses only by `\u`
 */
export function checkHit(value: { readonly [name: string]: unknown }, received: number, escaped: boolean): WireHit | HitRejection {
  for (const name of Object.keys(value)) {
    if (!knownNames.has(name)) return new HitRejection('unknown-field', `hit: expected the names ${names.join(', ')}, got another`);
  }
  const { kind, url, referrer, visitor, occurred, fields } = value;
  if (kind === undefined || kind === '') return new HitRejection('missing-field', 'kind: expected a text, got none');
  const rejection =
    checkText('kind', kind, textLimits.kind, escaped) ??
    checkText('url', url, textLimits.url, escaped) ??
    checkText('referrer', referrer, textLimits.referrer, escaped) ??
    checkText('visitor', visitor, textLimits.visitor, escaped) ??
    checkOccurred(occurred, received) ??
    checkFields(fields, escaped);
  // Each value is of its type or undefined.
  return rejection ?? (value as unknown as WireHit);
}

function checkText(name: string, value: unknown, limit: number, escaped: boolean): HitRejection | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return new HitRejection('invalid-value', `${name}: expected a text, got something else`);
  // PostgreSQL counts code points; the cheaper test comes first.
  if (value.length > limit && [...value].length > limit) {
    return new HitRejection('too-long', `${name}: expected at most ${limit} characters, got more`);
  }
  return escaped ? checkStorable(name, value) : undefined;
}

const checkStorable = (name: string, text: string): HitRejection | undefined =>
  isStorable(text) ? undefined : new HitRejection('unstorable-character', `${name}: expected whole characters without NUL, got others`);

function checkOccurred(value: unknown, received: number): HitRejection | undefined {
  if (value === undefined) return undefined;
  if (!isTimestamp(value))
    return new HitRejection('invalid-value', 'occurred: expected a time as in 2026-01-31T12:00:00.000Z, got something else');
  const ago = received - Date.parse(value);
  if (ago < -skew.minutesAhead * minute || ago > skew.daysBehind * 1440 * minute) {
    return new HitRejection(
      'clock-skew',
      `occurred: expected at most ${skew.minutesAhead} minutes ahead of now and ${skew.daysBehind} days behind, got more`,
    );
  }
  return undefined;
}

function checkFields(value: unknown, escaped: boolean): HitRejection | undefined {
  if (value === undefined) return undefined;
  return isObject(value)
    ? checkJson(value, 0, escaped)
    : new HitRejection('invalid-value', 'fields: expected a JSON object, got something else');
}

function checkJson(value: unknown, depth: number, escaped: boolean): HitRejection | undefined {
  if (depth > fieldsLimits.depth)
    return new HitRejection('invalid-value', `fields: expected at most ${fieldsLimits.depth} levels, got more`);
  if (typeof value === 'string') return escaped ? checkStorable('fields', value) : undefined;
  if (typeof value === 'number') {
    // 1e999 is valid JSON and infinite in JavaScript: it would be stored as null.
    return Number.isFinite(value) ? undefined : new HitRejection('invalid-value', 'fields: expected numbers of 64 bits, got a larger one');
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return firstRejection(value, (item) => checkJson(item, depth + 1, escaped));
  const object = value as { readonly [name: string]: unknown };
  return firstRejection(
    Object.keys(object),
    (name) => (escaped ? checkStorable('fields', name) : undefined) ?? checkJson(object[name], depth + 1, escaped),
  );
}

function firstRejection<T>(items: readonly T[], check: (item: T) => HitRejection | undefined): HitRejection | undefined {
  for (const item of items) {
    const rejection = check(item);
    if (rejection !== undefined) return rejection;
  }
  return undefined;
}
