// Hits in a query or a form (application/x-www-form-urlencoded): decoded strictly, each name once.
import { Unfit } from './unfit';

/** Names that may be there and say nothing: `_` is what pages add to pass caches. */
const ignored = '_';
const fieldPrefix = 'f.';
/** More than a hit can use; the rest of a longer one need not be decoded. */
const mostPairs = 256;

/**
 * Reads `site=acme&kind=page&f.color=red` as `{site, kind, fields: {color}}`. Values are texts. Names as `__proto__` are names as any.
 */
export function readForm(text: string): { readonly [name: string]: unknown } | Unfit {
  const hit: { [name: string]: unknown } = Object.create(null);
  let fields: { [name: string]: unknown } | undefined;
  const pairs = text.split('&', mostPairs + 1);
  if (pairs.length > mostPairs) return new Unfit('too-long', `form: expected at most ${mostPairs} names, got more`);
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    if (name === undefined || value === undefined)
      return new Unfit('not-encoded', 'form: expected UTF-8 in percent encoding, got something else');
    if (name === ignored) continue;
    const isField = name.startsWith(fieldPrefix);
    if (isField) fields ??= Object.create(null) as { [name: string]: unknown };
    const target = isField && fields !== undefined ? fields : hit;
    const key = isField ? name.slice(fieldPrefix.length) : name;
    if (key in target) return new Unfit('invalid-value', 'form: expected each name once, got one again');
    // Fields are named one by one here: whole ones would be taken for a text.
    target[key] = value;
  }
  if (fields !== undefined) {
    if ('fields' in hit) return new Unfit('unknown-field', 'form: expected fields as f.<name>, got fields');
    hit.fields = fields;
  }
  return hit;
}

/** Text, or undefined where it is not encoded as it should be. */
function decode(text: string): string | undefined {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
