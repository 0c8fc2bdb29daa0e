// Finds its way in the schema: what stands at a path, what is allowed there, and what a broken file still says for certain.
import { z } from 'zod';
import { type Settings, settingsSchema } from '../settings/settings';
import type { Path } from './problem';

/** A value of which every part may be missing, because the file has something invalid there. */
export type Sound<T> = T extends readonly (infer Element)[]
  ? readonly (Sound<Element> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Sound<T[Key]> | undefined }
    : T;

/** The schema of a key as it is written, with its default and description; and the bare schema of the value. */
interface Place {
  readonly outer: z.core.$ZodType;
  readonly bare: z.core.$ZodType;
}

export function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the schema has at a path that leads through it. */
export function placeAt(path: Path, from: z.core.$ZodType = settingsSchema): Place {
  const bare = bareSchema(from);
  const [step, ...rest] = path;
  if (step === undefined) return { outer: from, bare };
  if (bare instanceof z.ZodArray) return placeAt(rest, bare.element);
  return placeAt(rest, childOf(bare, String(step)));
}

/** The keys that a group admits; none for anything else. */
export function keysOf(schema: z.core.$ZodType): readonly string[] {
  const bare = bareSchema(schema);
  return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
}

/** All keys of the schema outside lists, with the groups they are in. */
export function allPaths(schema: z.core.$ZodType = settingsSchema): readonly (readonly string[])[] {
  return keysOf(schema).flatMap((key) => [[key], ...allPaths(childOf(bareSchema(schema), key)).map((path) => [key, ...path])]);
}

/** The default of a key: its value, `undefined` if the key may be left out without one, or 'none' if it is needed. */
export function defaultOf(outer: z.core.$ZodType): { readonly value: unknown } | 'none' {
  if (outer instanceof z.ZodDefault) return { value: outer.def.defaultValue };
  return outer instanceof z.ZodPrefault || outer instanceof z.ZodOptional ? { value: undefined } : 'none';
}

/** The description of the nearest key on the path that has one. */
export function descriptionAt(path: Path): string {
  for (let length = path.length; length > 0; length--) {
    const description = z.globalRegistry.get(placeAt(path.slice(0, length)).outer)?.description;
    if (description) return description;
  }
  return 'config/schema.json describes each key.';
}

/** The valid parts of a file's content, with defaults where the file says nothing. Cross-checks judge these. */
export function validSettings(content: unknown): Sound<Settings> {
  return (validPart(settingsSchema, content) ?? {}) as Sound<Settings>;
}

function validPart(schema: z.core.$ZodType, value: unknown): unknown {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const bare = bareSchema(schema);
  if (bare instanceof z.ZodArray && Array.isArray(value)) return value.map((element) => validPart(bare.element, element));
  if (!(bare instanceof z.ZodObject) || !isGroup(value)) return undefined;
  return Object.fromEntries(keysOf(bare).map((key) => [key, validPart(childOf(bare, key), value[key])]));
}

function childOf(bare: z.core.$ZodType, key: string): z.core.$ZodType {
  const child = bare instanceof z.ZodObject ? bare.shape[key] : undefined;
  return (child as z.core.$ZodType | undefined) ?? z.never();
}

function bareSchema(schema: z.core.$ZodType): z.core.$ZodType {
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return wrapped ? bareSchema(schema.def.innerType) : schema;
}
