// A hit as clients send it, checked to the same bounds as the database's door (runtime/hit.ts): what is taken here is stored there.
import { fieldsLimits, isStorable, isTimestamp, skew, textLimits } from '../../../runtime/hit';
import { Unfit } from './unfit';

/** Names that a hit may have. */
export interface WireHit {
  readonly kind: string;
  readonly url: string | undefined;
  readonly referrer: string | undefined;
  readonly visitor: string | undefined;
  readonly occurred: string | undefined;
  readonly fields: { readonly [name: string]: unknown } | undefined;
}

const names = ['site', 'kind', 'url', 'referrer', 'visitor', 'occurred', 'fields'] as const;
const known = new Set<string>(names);
const minute = 60_000;

export const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Checks a hit that was received at `received` (milliseconds). Its site is the caller's to look up.
 *
 * @param escaped whether texts may hold NUL or half surrogate pairs: JSON has them only where it has `\u`
 */
export function checkHit(value: { readonly [name: string]: unknown }, received: number, escaped: boolean): WireHit | Unfit {
  for (const name of Object.keys(value)) {
    if (!known.has(name)) return new Unfit('unknown-field', `hit: expected the names ${names.join(', ')}, got another`);
  }
  const { kind, url, referrer, visitor, occurred, fields } = value;
  if (kind === undefined || kind === '') return new Unfit('missing-field', 'kind: expected a text, got none');
  const unfit =
    checkText('kind', kind, textLimits.kind, escaped) ??
    checkText('url', url, textLimits.url, escaped) ??
    checkText('referrer', referrer, textLimits.referrer, escaped) ??
    checkText('visitor', visitor, textLimits.visitor, escaped) ??
    checkOccurred(occurred, received) ??
    checkFields(fields, escaped);
  // Each value has been found to be of its type, or undefined.
  return unfit ?? (value as unknown as WireHit);
}

function checkText(name: string, value: unknown, limit: number, escaped: boolean): Unfit | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return new Unfit('invalid-value', `${name}: expected a text, got something else`);
  // Code points, as the database counts; the cheap test first.
  if (value.length > limit && [...value].length > limit) {
    return new Unfit('too-long', `${name}: expected at most ${limit} characters, got more`);
  }
  return escaped ? checkStorable(name, value) : undefined;
}

const checkStorable = (name: string, text: string): Unfit | undefined =>
  isStorable(text) ? undefined : new Unfit('unstorable-character', `${name}: expected whole characters without NUL, got others`);

function checkOccurred(value: unknown, received: number): Unfit | undefined {
  if (value === undefined) return undefined;
  if (!isTimestamp(value))
    return new Unfit('invalid-value', 'occurred: expected a time as in 2026-01-31T12:00:00.000Z, got something else');
  const ago = received - Date.parse(value);
  if (ago < -skew.minutesAhead * minute || ago > skew.daysBehind * 1440 * minute) {
    return new Unfit(
      'clock-skew',
      `occurred: expected at most ${skew.minutesAhead} minutes ahead of now and ${skew.daysBehind} days behind, got more`,
    );
  }
  return undefined;
}

function checkFields(value: unknown, escaped: boolean): Unfit | undefined {
  if (value === undefined) return undefined;
  return isObject(value) ? checkJson(value, 0, escaped) : new Unfit('invalid-value', 'fields: expected a JSON object, got something else');
}

function checkJson(value: unknown, depth: number, escaped: boolean): Unfit | undefined {
  if (depth > fieldsLimits.depth) return new Unfit('invalid-value', `fields: expected at most ${fieldsLimits.depth} levels, got more`);
  if (typeof value === 'string') return escaped ? checkStorable('fields', value) : undefined;
  if (typeof value === 'number') {
    // 1e999 is JSON, and no number here: it would be stored as null.
    return Number.isFinite(value) ? undefined : new Unfit('invalid-value', 'fields: expected numbers of 64 bits, got a larger one');
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return firstUnfit(value, (item) => checkJson(item, depth + 1, escaped));
  const object = value as { readonly [name: string]: unknown };
  return firstUnfit(
    Object.keys(object),
    (name) => (escaped ? checkStorable('fields', name) : undefined) ?? checkJson(object[name], depth + 1, escaped),
  );
}

function firstUnfit<T>(items: readonly T[], check: (item: T) => Unfit | undefined): Unfit | undefined {
  for (const item of items) {
    const unfit = check(item);
    if (unfit !== undefined) return unfit;
  }
  return undefined;
}
