// Holds a configuration file against the schema, and says what is wrong in the words of the house.
import { z } from 'zod';
import { type Settings, settingsSchema } from '../settings/settings';
import { type ConfigurationFile, unreadable } from './configuration-file';
import { nearest } from './nearest';
import { type Path, quote, show, showPath } from './problem';
import { allPaths, defaultOf, descriptionAt, isGroup, keysOf, placeAt } from './schema-walk';

/** The settings in a file, or nothing if they break the schema; each break becomes a problem of the file. */
export function checkSchema(file: ConfigurationFile): Settings | undefined {
  const result = settingsSchema.safeParse(file.content);
  if (result.success) return result.data;
  const told = new Set<string>();
  for (const issue of result.error.issues) {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) objectToKey(file, path, key);
    } else if (!told.has(showPath(path)) && valueAt(file.content, path) !== unreadable) {
      told.add(showPath(path));
      objectToValue(file, path, issue.message);
    }
  }
  return undefined;
}

function objectToKey(file: ConfigurationFile, path: Path, key: string): void {
  const keys = keysOf(placeAt(path).bare);
  const elsewhere = allPaths().find((candidate) => candidate.length > 1 && candidate.at(-1) === key);
  const near = nearest(key, keys);
  let todo = 'remove it';
  if (near) todo = `did you mean ${near}?`;
  else if (elsewhere) todo = `move it to ${showPath(elsewhere)}`;
  file.object({ path: [...path, key], expected: `one of the keys ${keys.join(', ')}`, got: quote(key), todo });
}

function objectToValue(file: ConfigurationFile, path: Path, message: string): void {
  const { outer, bare } = placeAt(path);
  const value = valueAt(file.content, path);
  const isMissing = value === undefined;
  const fallback = defaultOf(outer);
  let todo = isMissing ? 'add it' : 'correct it';
  if (!isMissing && typeof path.at(-1) === 'number') todo += ' or remove it from the list';
  if (fallback !== 'none') todo += fallback.value === undefined ? ' or leave it out' : ` or leave it out for ${show(fallback.value)}`;
  const about = path.length > 0 ? `. ${descriptionAt(path)}` : '';
  file.object({ path, expected: allowedValues(bare, message), got: file.shown(path, value), todo: todo + about });
}

/** What a schema allows. Text says so itself, in the message of its issue. */
function allowedValues(schema: z.core.$ZodType, message: string): string {
  if (schema instanceof z.ZodEnum) return oneOf(schema.options);
  if (schema instanceof z.ZodLiteral) return oneOf([...schema.values]);
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodNumber) return `a whole number from ${schema.minValue} to ${schema.maxValue}`;
  if (schema instanceof z.ZodArray) return 'a list';
  if (schema instanceof z.ZodObject) return `a group of the keys ${keysOf(schema).join(', ')}`;
  return message;
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? `exactly ${values[0]}` : `one of ${values.join(', ')}`;
}

function valueAt(from: unknown, path: Path): unknown {
  let value = from;
  for (const step of path) {
    if (Array.isArray(value) && typeof step === 'number') value = value[step];
    else if (isGroup(value)) value = value[step];
    else return undefined;
  }
  return value;
}
