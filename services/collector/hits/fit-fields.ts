// Cuts the fields of a hit to the length that the database takes: the longest are cut, or left out.
import { fieldsLimits } from '../../../runtime/hit';
import { textOf } from '../../../runtime/json-text';
import type { Repairs } from './repairs';

/** A field in the line. */
export interface WrittenField {
  readonly name: string;
  readonly json: string;
  /** Whether it has a hash, which is not cut: a part of a hash could be another person. */
  readonly isHashed: boolean;
}

/** Shortest room for which a value is cut rather than left out, in bytes. */
const leastRoom = 16;

interface Part {
  readonly name: string;
  json: string;
  readonly isHashed: boolean;
  readonly bytes: number;
  isKept: boolean;
}

/** The fields as one JSON object. */
export function fitFields(fields: readonly WrittenField[], repairs: Repairs): string {
  let whole = '{';
  for (const { name, json } of fields) whole += `${whole.length > 1 ? ',' : ''}${JSON.stringify(name)}:${json}`;
  whole += '}';
  if (whole.length * 3 <= fieldsLimits.bytes || Buffer.byteLength(whole) <= fieldsLimits.bytes) return whole;
  repairs.add('fields:cut');
  const parts = fields.map(({ name: field, json, isHashed }): Part => {
    const name = `${JSON.stringify(field)}:`;
    // With a comma or a brace.
    return { name, json, isHashed, bytes: Buffer.byteLength(name) + Buffer.byteLength(json) + 1, isKept: true };
  });
  cutLongest(parts);
  return `{${parts.flatMap(({ name, json, isKept }) => (isKept ? [name + json] : [])).join(',')}}`;
}

/** The short ones are kept whole; of the others, the first is cut to the room that they leave. */
function cutLongest(parts: readonly Part[]): void {
  let room = fieldsLimits.bytes - 1;
  let isCut = false;
  for (const part of parts.toSorted((one, other) => one.bytes - other.bytes)) {
    if (part.bytes <= room) {
      room -= part.bytes;
      continue;
    }
    const left = room - Buffer.byteLength(part.name) - 1;
    part.isKept = !isCut && !part.isHashed && left >= leastRoom;
    if (!part.isKept) continue;
    part.json = cutToBytes(part.json, left);
    isCut = true;
  }
}

/** The start of a text, or of the JSON of another value, as a JSON string of at most so many bytes. */
function cutToBytes(json: string, bytes: number): string {
  const text = json.startsWith('"') ? textOf(json) : json;
  let [low, high] = [0, Math.min(text.length, bytes)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (Buffer.byteLength(JSON.stringify(text.slice(0, middle))) <= bytes) low = middle;
    else high = middle - 1;
  }
  // Not within a surrogate pair.
  const last = text.charCodeAt(low - 1);
  return JSON.stringify(text.slice(0, last >= 0xd800 && last < 0xdc00 ? low - 1 : low));
}
