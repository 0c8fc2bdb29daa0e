// What a resource refers to: by reference, within its stack and across stacks, and by the fixed name of a resource.
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { canonicalResource } from '../../lib/tom/template/canonical';
import { isReplacing } from './specification';

/** A reference from one place of a resource to another resource, across stacks. */
export interface Reference {
  readonly target: Resource;
  /** The place below the properties, as in `['VpcConfig', 'SubnetIds', 0]`. */
  readonly place: readonly (string | number)[];
  /** The attribute; empty for a `Ref`. */
  readonly attribute: string;
}

const known = new WeakMap<Resource, readonly Reference[]>();

/** All references of a resource's properties. */
export function referencesWithPlaces(resource: Resource, assembly: Assembly): readonly Reference[] {
  const cached = known.get(resource);
  if (cached) return cached;
  const found = referencesBelow(resource.properties, resource, assembly);
  known.set(resource, found);
  return found;
}

/**
 * The references below a value: `Ref`, `Fn::GetAtt`, `Fn::Sub`, and imports, each followed to the resource that it
 * leads to. The place of a reference within another intrinsic function is the place of that function.
 */
function referencesBelow(value: Json | undefined, from: Resource, assembly: Assembly): readonly Reference[] {
  const found: Reference[] = [];
  const visit = (inner: Json | undefined, place: Reference['place']): void => {
    if (Array.isArray(inner)) {
      for (const [index, element] of (inner as readonly Json[]).entries()) visit(element, [...place, index]);
      return;
    }
    if (!isObject(inner)) return;
    const target = assembly.target(inner, from.stack);
    if (target) found.push({ target, place, attribute: attributeOf(inner) });
    for (const id of substituted(inner['Fn::Sub'])) {
      const resource = assembly.resource(from.stack.name, id);
      if (resource) found.push({ target: resource, place, attribute: '' });
    }
    for (const [key, member] of Object.entries(inner))
      for (const element of key.startsWith('Fn::') ? flat(member) : [member])
        visit(element, key.startsWith('Fn::') ? place : [...place, key]);
  };
  visit(value, []);
  return found;
}

const flat = (value: Json): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]).flatMap(flat) : [value]);

function attributeOf(value: JsonObject): string {
  const [, attribute] = listOf(value['Fn::GetAtt']);
  return typeof attribute === 'string' ? attribute : '';
}

/** The resources to which a value refers. */
export function referred(value: Json | undefined, from: Resource, assembly: Assembly): ReadonlySet<Resource> {
  const references = value === from.properties ? referencesWithPlaces(from, assembly) : referencesBelow(value, from, assembly);
  return new Set(references.map(({ target }) => target));
}

function substituted(value: Json | undefined): readonly string[] {
  const [text] = listOf(value);
  return typeof text === 'string' ? [...text.matchAll(/\$\{([^!}.][^}.]*)/g)].map(([, id]) => id ?? '') : [];
}

/** The resources that CloudFormation creates before the resource: what it refers to, and `DependsOn`. */
export function dependencies(resource: Resource, assembly: Assembly): ReadonlySet<Resource> {
  const named = listOf(resource.json.DependsOn).flatMap((id) => assembly.resource(resource.stack.name, String(id)) ?? []);
  return new Set([...referred(resource.properties, resource, assembly), ...named]);
}

/** Names of services, and of what other resources are called. */
const notOwn =
  /^(?:Service|AWSService|Domain|Database|Metric|Host|User|Key|HostedZone|Image)Name$|^MasterUsername$|Group(?:Name|Identifier)$/;
const ownGroups = [
  'AutoScalingGroupName',
  'LogGroupName',
  'DBClusterParameterGroupName',
  'DBSubnetGroupName',
  'TargetGroupName',
  'GroupName',
];

/** Whether a property of a type is the name by which the resource itself is found. */
function isNameProperty(type: string, property: string): boolean {
  if (!/(?:Name|Identifier|Suffix)$/.test(property)) return false;
  if (notOwn.test(property) && !ownGroups.includes(property)) return false;
  // A filter is found by its own name within the log group that it names.
  if (property === 'LogGroupName' && /Filter$/.test(type)) return false;
  return isReplacing(type, property);
}

/** The fixed names of a resource, as canonical text; a name that refers to another resource is that one's. */
export function fixedNames(resource: Resource, assembly: Assembly): readonly string[] {
  const properties = valueAt(canonicalResource(resource, assembly), 'Properties');
  return Object.entries((properties ?? {}) as JsonObject)
    .filter(([property, value]) => typeof value === 'string' && isNameProperty(resource.type, property))
    .map(([, value]) => value as string)
    .filter((name) => name.length > 3 && !/\$\{(?!AWS::)/.test(name));
}
