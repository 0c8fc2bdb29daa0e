// Hits in a query or a form (application/x-www-form-urlencoded): decoded leniently, each repair stated.
import { isUtf8 } from 'node:buffer';
import { mostNames, type RawHit, type Sent } from './raw-hit';
import type { Repair } from './repairs';
import { isUtf8Octets, textOfOctets } from './text-values';
import { isTextName } from './wire-hit';

/** A name without meaning: pages add `_` to bypass caches. */
const ignored = '_';
/** A field, as in `f.color`, `fields.color`, `f[color]`. */
const fieldName = /^(?:f|fields)(?:\.(.*)|\[([^[\]]+)\])$/s;
/** A list, as PHP and jQuery write it: `name[]`, `name[0]`. */
const listName = /^(.+)\[\d*\]$/s;
/** `&` in markup, as mail clients and copied links leave it in addresses. */
const markup = 'amp;';
/** Before the first name: the question mark of an address, a byte order mark. */
const beforeNames = /^(?:\?|\ufeff|%EF%BB%BF)+/i;

/** Reads a query, as Latin-1 text of its octets: browsers may leave UTF-8 as it is, and old pages other charsets. */
export function readQueryHit(octets: string): RawHit {
  const text = textOfOctets(octets);
  const hit = readFormHit(text);
  return isUtf8Octets(octets) ? hit : { ...hit, repairs: [...hit.repairs, 'hit:encoding'] };
}

/**
 * Reads `site=acme&kind=page&f.color=red`. Values are texts. Names such as `__proto__` have no special meaning.
 */
export function readFormHit(text: string): RawHit {
  const hit: { values: Sent[]; fields: Sent[]; repairs: Repair[] } = { values: [], fields: [], repairs: [] };
  const pairs = text.replace(beforeNames, '').split('&', mostNames + 1);
  if (pairs.length > mostNames) hit.repairs.push('fields:cut');
  for (const escaped of pairs.slice(0, mostNames)) {
    const pair = escaped.startsWith(markup) ? escaped.slice(markup.length) : escaped;
    if (pair !== escaped) hit.repairs.push('hit:markup');
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const encodedName = equals < 0 ? pair : pair.slice(0, equals);
    const encodedValue = equals < 0 ? '' : pair.slice(equals + 1);
    const name = decode(encodedName);
    const value = decode(encodedValue);
    if (name === ignored) continue;
    const { sent, isField } = sentUnder(name ?? decodeBroken(encodedName), value ?? decodeBroken(encodedValue));
    (isField ? hit.fields : hit.values).push(sent);
    if (name !== undefined && value !== undefined && sent.isList !== true) continue;
    const isKnown = !isField && isTextName(sent.name);
    if (name === undefined || value === undefined) hit.repairs.push(isKnown ? `${sent.name}:encoding` : 'fields:encoding');
    if (sent.isList === true) hit.repairs.push(isKnown || sent.name === 'site' ? `${sent.name}:list` : 'fields:list');
  }
  return { ...hit, escaped: text.includes('%00') || text.includes('\0') };
}

function sentUnder(whole: string, value: string): { readonly sent: Sent; readonly isField: boolean } {
  const list = whole.endsWith(']') ? listName.exec(whole) : null;
  const name = list?.[1] ?? whole;
  const field = name.startsWith('f') ? fieldName.exec(name) : null;
  const sent = { name: field?.[1] ?? field?.[2] ?? name, value };
  return { sent: list === null ? sent : { ...sent, isList: true }, isField: field !== null };
}

/** The decoded text; undefined if not all of it is UTF-8 in percent encoding. */
function decode(encoded: string): string | undefined {
  if (!encoded.includes('%')) return encoded.includes('+') ? encoded.replaceAll('+', ' ') : encoded;
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

const decodeBroken = (encoded: string): string => encoded.replaceAll('+', ' ').replace(/(?:%[0-9a-f]{2})+/gi, decodeRun);

/** Decodes what is UTF-8 in a run of encoded octets. The rest stays encoded, so that nothing is lost. */
function decodeRun(run: string): string {
  const octets = Buffer.from(run.replaceAll('%', ''), 'hex');
  let text = '';
  for (let at = 0; at < octets.length; ) {
    const length = lengthByLead(octets[at] as number);
    const character = octets.subarray(at, at + length);
    // Without exceptions, which would cost a hundred times as much for each octet.
    const isWhole = length > 0 && character.length === length && isUtf8(character);
    text += isWhole ? character.toString('utf8') : run.slice(at * 3, at * 3 + 3);
    at += isWhole ? length : 1;
  }
  return text;
}

/** Octets of a character in UTF-8, by its first; 0 for an octet that begins none (RFC 3629 section 4). */
function lengthByLead(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
