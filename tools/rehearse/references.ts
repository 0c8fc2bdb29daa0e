// What a resource refers to: by reference, within its stack and across stacks, and by the fixed name of a resource.
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { canonicalResource } from '../../lib/tom/template/canonical';
import { isReplacing } from './specification';

/**
 * The references below a value: `Ref`, `Fn::GetAtt`, `Fn::Sub`, and imports, each followed to the resource that it
 * leads to.
 */
export function referred(value: Json | undefined, from: Resource, assembly: Assembly): ReadonlySet<Resource> {
  const found = new Set<Resource>();
  const visit = (inner: Json | undefined): void => {
    for (const element of Array.isArray(inner) ? (inner as readonly Json[]) : []) visit(element);
    if (!isObject(inner)) return;
    const target = assembly.target(inner, from.stack);
    if (target) found.add(target);
    for (const id of substituted(inner['Fn::Sub'])) {
      const resource = assembly.resource(from.stack.name, id);
      if (resource) found.add(resource);
    }
    for (const member of Object.values(inner)) visit(member);
  };
  visit(value);
  return found;
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
export function isNameProperty(type: string, property: string): boolean {
  if (!/(?:Name|Identifier|Suffix)$/.test(property)) return false;
  if (notOwn.test(property) && !ownGroups.includes(property)) return false;
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
