// Checks a configuration file against the schema, and describes each difference in the form of this repository's
// errors.
import { z } from 'zod';
import { type Settings, settingsSchema } from '../settings/settings';
import { type ConfigurationFile, unreadable } from './configuration-file';
import { nearest } from './nearest';
import { type Objection, type Path, quote, show, showPath } from './problem';
import { allPaths, defaultOf, descriptionAt, isGroup, keysOf, placeAt } from './schema-walk';

/** The settings in a file, or nothing if they break the schema; one objection for each break. */
export function checkSchema(file: ConfigurationFile): { readonly value?: Settings; readonly objections: readonly Objection[] } {
  const result = settingsSchema.safeParse(file.content);
  if (result.success) return { value: result.data, objections: [] };
  const reported = new Set<string>();
  const objections = result.error.issues.flatMap((issue): readonly Objection[] => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => objectionToKey(path, key));
    if (reported.has(showPath(path)) || valueAt(file.content, path) === unreadable) return [];
    reported.add(showPath(path));
    return [objectionToValue(file, path, issue.message)];
  });
  return { objections };
}

function objectionToKey(path: Path, key: string): Objection {
  const keys = keysOf(placeAt(path).bare);
  const elsewhere = allPaths().find((candidate) => candidate.length > 1 && candidate.at(-1) === key);
  const near = nearest(key, keys);
  let todo = 'remove it';
  if (near) todo = `did you mean ${near}?`;
  else if (elsewhere) todo = `move it to ${showPath(elsewhere)}`;
  return { path: [...path, key], expected: `one of the keys ${keys.join(', ')}`, got: quote(key), todo };
}

function objectionToValue(file: ConfigurationFile, path: Path, message: string): Objection {
  const { outer, bare } = placeAt(path);
  const value = valueAt(file.content, path);
  const isMissing = value === undefined;
  const fallback = defaultOf(outer);
  let todo = isMissing ? 'add it' : 'correct it';
  if (!isMissing && typeof path.at(-1) === 'number') todo += ' or remove it from the list';
  if (fallback !== 'none') todo += fallback.value === undefined ? ' or leave it out' : ` or leave it out for ${show(fallback.value)}`;
  const about = path.length > 0 ? `. ${descriptionAt(path)}` : '';
  return { path, expected: allowedValues(bare, message), got: file.valueText(path, value), todo: todo + about };
}

/** The values that a schema allows. For text, the message of the issue is that description. */
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
