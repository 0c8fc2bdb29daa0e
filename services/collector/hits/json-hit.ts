// Hits in JSON, with their values as they were sent.
import { fieldsLimits } from '../../../runtime/hit';
import { itemsOf, type JsonMember, membersOf, namesIn, textOf } from '../../../runtime/json-text';
import { HitRejection } from './hit-rejection';
import { JsonText, type RawHit, type SentValue } from './raw-hit';
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
export const readJsonHit = (text: string): RawHit | HitRejection => rawHit(text, parseJson(text), text.includes('\\u'));

/** Reads a hit in octets that may not be UTF-8, as Latin-1 text. */
export function readOctetsHit(octets: string): RawHit | HitRejection {
  const hit = readJsonHit(textOfOctets(octets));
  return hit instanceof HitRejection || isUtf8Octets(octets) ? hit : { ...hit, repairs: ['hit:encoding'] };
}

/**
 * Reads the JSON array of a batch.
 *
 * @param most number of items that are read
 * @param isText whether the text is decoded, or has the octets of the body
 */
export function readJsonHits(text: string, most: number, isText: boolean): (RawHit | HitRejection)[] | HitRejection {
  const values = parseJson(text);
  if (!Array.isArray(values)) return notAList;
  if (!isText) return itemsOf(text, most).map(readOctetsHit);
  const escaped = text.includes('\\u');
  return itemsOf(text, most).map((item, index) => rawHit(item, values[index], escaped));
}

function rawHit(text: string, value: unknown, escaped: boolean): RawHit | HitRejection {
  if (!isObject(value)) return notAnObject;
  const values = membersOf(text).map((member) => ({ name: member.name, value: sentValue(member, value[member.name], escaped) }));
  return { values, fields: [], escaped, repairs: [] };
}

/** @param parsed the value as JSON.parse returns it; of a repeated name, the last one */
function sentValue({ name, text, scan }: JsonMember, parsed: unknown, escaped: boolean): SentValue {
  if (text.startsWith('"')) return textOf(text);
  if (text === 'null') return null;
  const deepest = scan.deepest + (name === 'fields' ? 0 : 1);
  const plain = !escaped && !scan.broken && !scan.wide && deepest <= fieldsLimits.depth && scan.names === namesIn(parsed);
  return new JsonText(text, plain);
}

/** A JSON object in a text; undefined for any other text. */
export function jsonObjectIn(text: string): JsonText | undefined {
  return text.trimStart().startsWith('{') && isObject(parseJson(text)) ? new JsonText(text.trim(), false) : undefined;
}
