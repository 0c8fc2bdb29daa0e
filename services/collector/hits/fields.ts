// The fields of a hit on its line: the object that was sent, as it was sent, or what can be kept of it.
import { fieldsLimits } from '../../../runtime/hit';
import { compactJson, isStorableNumber, itemsOf, membersOf, textOf } from '../../../runtime/json-text';
import { hashedField } from '../../../runtime/pseudonymisation';
import type { CollectedSiteWithKey } from '../sites/directory';
import { fitFields, type WrittenField } from './fit-fields';
import { jsonObjectIn } from './json-hit';
import { JsonText, mostNames, type Sent, type SentValue } from './raw-hit';
import type { Repairs } from './repairs';
import { storableText } from './text-values';

export interface SentFields {
  /** Values of the name `fields`: one object, unless a client errs. */
  readonly sent: readonly SentValue[];
  /** Fields by their own names. */
  readonly more: readonly Sent[];
}

/** Name of the field with `fields` that are no object. */
const nameless = 'value';

/**
 * The fields as JSON, with those of the site's `hashedFields` hashed; undefined without any. At most as long as the
 * database takes.
 */
export function writeFields(site: CollectedSiteWithKey, { sent, more }: SentFields, repairs: Repairs): string | undefined {
  const [first] = sent;
  if (first === undefined && more.length === 0) return undefined;
  // As nearly always: the text that was sent, unchanged.
  if (sent.length === 1 && more.length === 0 && site.hashedFields.length === 0 && first instanceof JsonText) {
    if (first.plain && first.json.startsWith('{') && fits(first.json)) return first.json;
  }
  const writer = new FieldsWriter(site, repairs);
  for (const value of sent) writer.addObject(value, sent.length === 1);
  for (const { name, value, isList } of more) writer.add(name, typeof value === 'string' ? JSON.stringify(value) : jsonOf(value), isList);
  return fitFields(writer.written(), repairs);
}

const jsonOf = (value: JsonText | null): string => (value === null ? 'null' : value.json);

const fits = (json: string): boolean => json.length * 3 <= fieldsLimits.bytes || Buffer.byteLength(json) <= fieldsLimits.bytes;

/** The values of one field, as they were sent. */
interface CollectedField {
  readonly sent: CollectedValue[];
  isList: boolean;
}

interface CollectedValue {
  readonly name: string;
  readonly json: string;
  readonly isHashed: boolean;
  /** Whether it needs no repair, unless it becomes an item of a list. */
  readonly isPlain: boolean;
}

class FieldsWriter {
  private readonly collected = new Map<string, CollectedField>();
  private readonly hashed: ReadonlySet<string>;

  constructor(
    private readonly site: CollectedSiteWithKey,
    private readonly repairs: Repairs,
  ) {
    this.hashed = new Set(site.hashedFields);
  }

  /**
   * Adds the fields of an object, or another value as a field.
   *
   * @param isOnly whether the hit has one value of that name; `plain` is of the last one
   */
  addObject(value: SentValue, isOnly: boolean): void {
    const object = typeof value === 'string' ? jsonObjectIn(value) : value;
    if (typeof value === 'string' && object !== undefined) this.repairs.add('fields:parsed');
    if (object?.json.startsWith('{')) {
      const members = membersOf(object.json);
      if (members.length > mostNames) this.repairs.add('fields:cut');
      for (const { name, text } of members.slice(0, mostNames)) this.add(name, text, false, this.hashed.has(name), isOnly && object.plain);
      return;
    }
    this.repairs.add('fields:wrapped');
    const json = typeof value === 'string' ? JSON.stringify(value) : jsonOf(value);
    // It may contain fields that the site hashes, under names that are not found.
    this.add(nameless, json, false, this.hashed.size > 0);
  }

  /** @param json the value as it was sent */
  add(name: string, json: string, isList = false, isHashed = this.hashed.has(name), isPlain = false): void {
    const stored = this.storable(name);
    const field = this.collected.get(stored) ?? { sent: [], isList: false };
    this.collected.set(stored, field);
    field.sent.push({ name, json, isHashed: isHashed && json !== 'null', isPlain });
    field.isList ||= isList;
  }

  /** Writes all fields. Values of a repeated name become a list. */
  written(): readonly WrittenField[] {
    const fields: WrittenField[] = [];
    for (const [name, { sent, isList }] of this.collected) {
      if (sent.length > 1 && !isList) this.repairs.add('fields:repeated');
      const isListed = isList || sent.length > 1;
      const values = sent.map((value) => this.writtenField(value, isListed));
      const json = isListed ? `[${values.join(',')}]` : (values[0] ?? 'null');
      fields.push({ name, json, isHashed: sent.some(({ isHashed }) => isHashed) });
    }
    return fields;
  }

  private writtenField({ name, json, isHashed, isPlain }: CollectedValue, isListed: boolean): string {
    if (isHashed) return `"${hashedField(this.site.siteKey, name, json)}"`;
    return isPlain && !isListed ? json : this.writtenValue(json, isListed ? 2 : 1);
  }

  private storable(text: string): string {
    const storable = storableText(text);
    if (storable !== text) this.repairs.add('fields:characters');
    return storable;
  }

  /** A value that the database takes. @param depth number of objects and lists around it */
  private writtenValue(json: string, depth: number): string {
    const code = json[0];
    if (code === '"') return this.writtenText(json);
    if (json.length > fieldsLimits.bytes) {
      const compact = compactJson(json);
      // It is cut in any case, and need not be read.
      return compact.length > fieldsLimits.bytes ? compact : this.writtenValue(compact, depth);
    }
    if (code === '{' || code === '[') return this.writtenCompound(json, depth);
    if (isStorableNumber(json) || json === 'true' || json === 'false') return json;
    this.repairs.add('fields:number');
    return `"${json}"`;
  }

  private writtenText(json: string): string {
    if (!json.includes('\\u')) return json;
    const text = textOf(json);
    const storable = this.storable(text);
    return storable === text ? json : JSON.stringify(storable);
  }

  private writtenCompound(json: string, depth: number): string {
    const isList = json.startsWith('[');
    if (/^[[{]\s*[\]}]$/.test(json)) return isList ? '[]' : '{}';
    if (depth >= fieldsLimits.depth) {
      this.repairs.add('fields:deep');
      return JSON.stringify(compactJson(json));
    }
    if (isList) {
      return `[${itemsOf(json)
        .map((item) => this.writtenValue(item, depth + 1))
        .join(',')}]`;
    }
    const members = new Map<string, string[]>();
    for (const { name, text } of membersOf(json)) {
      const stored = this.storable(name);
      const texts = members.get(stored) ?? [];
      members.set(stored, texts);
      texts.push(text);
    }
    const parts = [...members].map(([name, texts]) => `${JSON.stringify(name)}:${this.writtenMember(texts, depth + 1)}`);
    return `{${parts.join(',')}}`;
  }

  private writtenMember(texts: readonly string[], depth: number): string {
    const [first = 'null'] = texts;
    if (texts.length === 1) return this.writtenValue(first, depth);
    this.repairs.add('fields:repeated');
    if (depth < fieldsLimits.depth) return `[${texts.map((text) => this.writtenValue(text, depth + 1)).join(',')}]`;
    this.repairs.add('fields:deep');
    return JSON.stringify(`[${texts.map((text) => compactJson(text)).join(',')}]`);
  }
}
