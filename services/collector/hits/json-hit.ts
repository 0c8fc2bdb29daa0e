// Hits in JSON, with their values as they were sent.
import { fieldsLimits } from '../../../runtime/hit';
import { endOfText, itemsOf, type JsonMember, membersOf, namesIn, textOf } from '../../../runtime/json-text';
import { HitRejection } from './hit-rejection';
import { JsonText, mostNames, type RawHit, type SentValue } from './raw-hit';
import { isUtf8Octets, textOfOctets } from './text-values';

const notAnObject = new HitRejection('not-json', 'hit: expected a JSON object, got something else');
const notAList = new HitRejection('not-json', 'batch: expected a JSON array of hits, got something else');

export const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined for text that is not JSON; no JSON text gives undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads the JSON object of a hit. */
export function readJsonHit(text: string): RawHit | HitRejection {
  const value = parseJson(text);
  if (value !== undefined) return rawHit(text, value, text.includes('\\u'));
  const repaired = withoutNaN(text);
  const hit = repaired === text ? notAnObject : rawHit(repaired, parseJson(repaired), text.includes('\\u'));
  return hit instanceof HitRejection ? hit : { ...hit, repairs: [...hit.repairs, 'fields:number'] };
}

/** The start of a text, or a number of Python and JavaScript that is none of JSON. */
const quoteOrNaN = /"|-?(?:NaN|Infinity)/g;

/** JSON with `NaN` and `Infinity` as texts. */
export function withoutNaN(json: string): string {
  if (!json.includes('NaN') && !json.includes('Infinity')) return json;
  let written = '';
  let from = 0;
  quoteOrNaN.lastIndex = 0;
  for (let found = quoteOrNaN.exec(json); found !== null; found = quoteOrNaN.exec(json)) {
    if (found[0] === '"') {
      const end = endOfText(json, found.index);
      if (end === 0) break;
      quoteOrNaN.lastIndex = end;
    } else {
      written += `${json.slice(from, found.index)}"${found[0]}"`;
      from = quoteOrNaN.lastIndex;
    }
  }
  return written + json.slice(from);
}

/** An escape, or half a surrogate pair. */
const escapeOrHalf = /\\.|\p{Cs}/gsu;

/**
 * The text that a JSON text stands for, if it is JSON itself: some scripts write JSON twice. Half a surrogate pair in
 * it is an escape, as in a body: no octets are half a pair.
 */
export function jsonInText(text: string): string | undefined {
  const inner = /^[\t\n\r ]*"/.test(text) ? parseJson(text) : undefined;
  if (typeof inner !== 'string' || !/^[\t\n\r ]*[[{]/.test(inner)) return undefined;
  return halvesEscaped(inner);
}

const halvesEscaped = (json: string): string =>
  json.replace(escapeOrHalf, (found) => (found.startsWith('\\') ? found : `\\u${found.charCodeAt(0).toString(16)}`));

/** Reads a hit in octets that may not be UTF-8, as Latin-1 text. */
export function readOctetsHit(octets: string): RawHit | HitRejection {
  const hit = readJsonHit(textOfOctets(octets));
  return hit instanceof HitRejection || isUtf8Octets(octets) ? hit : { ...hit, repairs: [...hit.repairs, 'hit:encoding'] };
}

/**
 * Reads the JSON array of a batch.
 *
 * @param most number of items that are read
 * @param isText whether the text is decoded, or has the octets of the body
 */
export function readJsonHits(text: string, most: number, isText: boolean): (RawHit | HitRejection)[] | HitRejection {
  const values = parseJson(text);
  // Each item is then repaired by itself.
  if (values === undefined && Array.isArray(parseJson(withoutNaN(text))))
    return itemsOf(text, most).map(isText ? readJsonHit : readOctetsHit);
  if (!Array.isArray(values)) return notAList;
  if (!isText) return itemsOf(text, most).map(readOctetsHit);
  const escaped = text.includes('\\u');
  return itemsOf(text, most).map((item, index) => rawHit(item, values[index], escaped));
}

function rawHit(text: string, value: unknown, escaped: boolean): RawHit | HitRejection {
  if (!isObject(value)) return notAnObject;
  const members = membersOf(text);
  const isLong = members.length > mostNames;
  const read = isLong ? members.slice(0, mostNames) : members;
  const values = read.map((member) => ({ name: member.name, value: sentValue(member, value[member.name], escaped) }));
  return { values, fields: [], escaped, repairs: isLong ? ['fields:cut'] : [] };
}

/** @param parsed the value as JSON.parse returns it; of a repeated name, the last one */
function sentValue({ name, text, scan }: JsonMember, parsed: unknown, escaped: boolean): SentValue {
  if (text.startsWith('"')) return textOf(text);
  if (text === 'null') return null;
  const deepest = scan.deepest + (name === 'fields' ? 0 : 1);
  const plain = !escaped && !scan.broken && !scan.wide && deepest <= fieldsLimits.depth && scan.names === namesIn(parsed);
  return new JsonText(text, plain);
}

/** A JSON object in a text, with half a surrogate pair as an escape; undefined for any other text. */
export function jsonObjectIn(text: string): JsonText | undefined {
  return text.trimStart().startsWith('{') && isObject(parseJson(text)) ? new JsonText(halvesEscaped(text.trim()), false) : undefined;
}
