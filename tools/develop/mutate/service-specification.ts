// The CloudFormation specification of the installed package: types, their properties and the values that these allow.
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Json } from '../../../lib/tom/template/assembly';

type Database = ReturnType<typeof loadAwsServiceSpecSync>;
type Properties = ReturnType<Database['all']>[number] extends { properties: infer P } ? P : never;
type PropertyType = Properties extends Record<string, infer P> ? (P extends { type: infer T } ? T : never) : never;

let loaded: Database | undefined;
const database = (): Database => {
  loaded ??= loadAwsServiceSpecSync();
  return loaded;
};

/** Every resource type of CloudFormation. */
export function everyType(): readonly string[] {
  return database()
    .all('resource')
    .map(({ cloudFormationType }) => cloudFormationType)
    .toSorted();
}

/** Properties of the object at `path` of a type, as in `BucketEncryption`; empty for an object with free keys. */
export function propertiesAt(type: string, path: readonly string[]): Readonly<Record<string, PropertyType>> {
  const resource = database().lookup('resource', 'cloudFormationType', 'equals', type)[0];
  if (!resource) return {};
  let properties: Record<string, { type: PropertyType }> | undefined = resource.properties as never;
  let current: PropertyType | undefined;
  for (const key of path) {
    current = properties ? properties[key]?.type : elementOf(current);
    if (current === undefined) return {};
    properties = membersOf(current);
  }
  return Object.fromEntries(Object.entries(properties ?? {}).map(([name, property]) => [name, property.type]));
}

/** Values that the schema allows for a text; empty if any text is allowed. */
export function allowedValues(type: PropertyType | undefined): readonly string[] {
  const { allowedValues: values } = (type ?? {}) as { allowedValues?: readonly string[] };
  return values ?? [];
}

function elementOf(type: PropertyType | undefined): PropertyType | undefined {
  return (type as { element?: PropertyType } | undefined)?.element;
}

function membersOf(type: PropertyType): Record<string, { type: PropertyType }> | undefined {
  const { reference } = type as { reference?: { $ref: string } };
  if (!reference) return undefined;
  const definition: unknown = database().get('typeDefinition', reference.$ref as never);
  return (definition as { properties: Record<string, { type: PropertyType }> }).properties;
}

/** A value of a property type. */
export function exampleOf(type: PropertyType): Json {
  const { type: kind } = type as { type: string };
  if (kind === 'boolean') return true;
  if (kind === 'number' || kind === 'integer') return 1;
  if (kind === 'array') return [exampleOf(elementOf(type) as PropertyType)];
  if (kind === 'string') return allowedValues(type)[0] ?? 'stranger';
  return kind === 'map' ? { stranger: 'stranger' } : {};
}
