// Hits in a query or a form (application/x-www-form-urlencoded): decoded strictly, each name at most once.
import { HitRejection } from './hit-rejection';

/** A name without meaning: pages add `_` to bypass caches. */
const ignored = '_';
const fieldPrefix = 'f.';
/** More pairs than a hit can use; a longer form is rejected before it is decoded. */
const mostPairs = 256;

/**
 * Reads `site=acme&kind=page&f.color=red` as `{site, kind, fields: {color}}`. Values are strings. Names such as
 * `__proto__` have no special meaning.
 */
export function readForm(text: string): { readonly [name: string]: unknown } | HitRejection {
  const hit: { [name: string]: unknown } = Object.create(null);
  let fields: { [name: string]: unknown } | undefined;
  const pairs = text.split('&', mostPairs + 1);
  if (pairs.length > mostPairs) return new HitRejection('too-long', `form: expected at most ${mostPairs} names, got more`);
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    if (name === undefined || value === undefined)
      return new HitRejection('not-encoded', 'form: expected UTF-8 in percent encoding, got something else');
    if (name === ignored) continue;
    const isField = name.startsWith(fieldPrefix);
    if (isField) fields ??= Object.create(null) as { [name: string]: unknown };
    const target = isField && fields !== undefined ? fields : hit;
    const key = isField ? name.slice(fieldPrefix.length) : name;
    if (key in target) return new HitRejection('invalid-value', 'form: expected each name once, got a repeated one');
    target[key] = value;
  }
  if (fields !== undefined) {
    if ('fields' in hit) return new HitRejection('unknown-field', 'form: expected fields as f.<name>, got fields');
    hit.fields = fields;
  }
  return hit;
}

/** The decoded text; undefined for an invalid encoding. */
function decode(text: string): string | undefined {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
