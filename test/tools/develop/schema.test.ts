// The JSON Schema for editors equals the schema of the configuration.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchema } from '../../../tools/develop/schema';

interface Part {
  readonly description?: string;
  readonly additionalProperties?: boolean;
  readonly properties?: Record<string, Part>;
  readonly items?: Part;
}

/** Each key below a part of the schema, with its path. */
function keysBelow(part: Part, path: string): readonly (readonly [string, Part])[] {
  const own = Object.entries(part.properties ?? {}).flatMap(([key, value]) => [
    [`${path}${key}`, value] as const,
    ...keysBelow(value, `${path}${key}.`),
  ]);
  return part.items ? [...own, ...keysBelow(part.items, `${path}*.`)] : own;
}

test('config/schema.json is up to date; if not: npm run schema', () => {
  expect(readFileSync(join(__dirname, '../../../config/schema.json'), 'utf8')).toBe(jsonSchema());
});

test('every key is described, and no group accepts unknown keys', () => {
  const schema = JSON.parse(jsonSchema()) as Part & { required: string[] };
  const all = keysBelow(schema, '');
  expect(all.length).toBeGreaterThan(25);
  expect(all.filter(([, part]) => !part.description || !/[.)]$/.test(part.description)).map(([path]) => path)).toEqual([]);
  const groups = [schema, ...all.flatMap(([, part]) => [part, ...(part.items ? [part.items] : [])])].filter((part) => part.properties);
  expect(groups.map((part) => part.additionalProperties)).toEqual(groups.map(() => false));
  expect(schema.required).toEqual(['environment', 'owner']);
});
