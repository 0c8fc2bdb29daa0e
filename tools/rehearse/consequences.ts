// What a change of a stack means for the deployment: what would be refused, and which data would be lost or left
// behind.
import { isObject, type Json, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { canonical, canonicalResource } from '../../lib/tom/template/canonical';
import { stackNameOf } from '../../lib/tom/template/names';
import type { Deployed } from './deployed';
import { type Change, keyOf } from './differences';
import { objectsOf } from './needs';
import { fixedNames, referencesWithPlaces } from './references';
import { isStateful, primaryIdentifier } from './specification';

/** Properties that no second resource may have with the same values, beside names and identifiers. */
const unique: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::NetworkAclEntry': ['NetworkAclId', 'RuleNumber', 'Egress'],
  'AWS::EC2::Route': ['RouteTableId', 'DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId'],
  'AWS::EC2::Subnet': ['VpcId', 'CidrBlock'],
  'AWS::ElasticLoadBalancingV2::Listener': ['LoadBalancerArn', 'Port'],
  'AWS::ElasticLoadBalancingV2::ListenerRule': ['ListenerArn', 'Priority'],
  'AWS::Lambda::EventSourceMapping': ['EventSourceArn', 'FunctionName'],
  'AWS::Route53::RecordSet': ['HostedZoneId', 'Name', 'Type'],
  'AWS::WAFv2::WebACLAssociation': ['ResourceArn'],
};

/** Replacements for which the old resource must go first, or that CloudFormation refuses to begin. */
export function refusals(changes: readonly Change[], before: Deployed, after: Deployed): readonly string[] {
  const replaced = new Set(changes.filter(({ action }) => action === 'replaced').map(({ after: resource }) => resource && keyOf(resource)));
  return [
    ...changes.flatMap((change) => [...collisions(change, replaced, before, after), ...protections(change), ...tokens(change)]),
    ...exportsInUse(replaced, before, after),
  ];
}

/** A replacement is created before its predecessor is deleted: the two must not share what is unique. */
function collisions(
  { action, name, before, after, because }: Change,
  replaced: ReadonlySet<string | undefined>,
  old: Deployed,
  present: Deployed,
): readonly string[] {
  if (action !== 'replaced' || !before || !after) return [];
  if (because.includes('Type')) return [`${name}: the type of a resource cannot change (${before.type} to ${after.type})`];
  const cause = `${because.slice(0, 3).join(', ')} would replace ${name}`;
  const names = fixedNames(before, old.assembly).filter((fixed) => fixedNames(after, present.assembly).includes(fixed));
  if (names.length > 0) return [`${cause}, and the name ${names[0]} exists already`];
  const identifying = unique[after.type] ?? primaryIdentifier(after.type);
  const [first, second] = [canonicalResource(before, old.assembly), canonicalResource(after, present.assembly)];
  const values = (resource: Json) => identifying.map((property) => valueAt(resource, `Properties.${property}`));
  const complete = identifying.length > 0 && (unique[after.type] !== undefined || values(second).every((value) => value !== undefined));
  const renewed = referencesWithPlaces(after, present.assembly).some(
    ({ target, place }) => replaced.has(keyOf(target)) && identifying.includes(String(place[0])),
  );
  if (!complete || renewed || JSON.stringify(values(first)) !== JSON.stringify(values(second))) return [];
  return [`${cause}, and one with the same ${identifying.join(', ')} exists already`];
}

/** Properties that protect a resource from the change of others. */
function protections({ name, before, action, because }: Change): readonly string[] {
  if (!before || (action !== 'updated' && action !== 'replaced')) return [];
  const guards = [
    ['SubnetChangeProtection', 'SubnetMappings'],
    ['FirewallPolicyChangeProtection', 'FirewallPolicyArn'],
  ] as const;
  return guards.flatMap(([guard, property]) => {
    const hit = because.some((place) => place.startsWith(property));
    return before.at(guard) === true && hit ? [`${name}: ${guard} refuses a change of ${property}`] : [];
  });
}

/** "Modifying service token is not allowed" (CloudFormation, custom resources). */
function tokens({ name, action, because }: Change): readonly string[] {
  return action === 'updated' && because.includes('ServiceToken') ? [`${name}: the ServiceToken of a custom resource cannot change`] : [];
}

/** The stack that exports is updated first, while the importing stack still has its old template. */
function exportsInUse(replaced: ReadonlySet<string | undefined>, before: Deployed, after: Deployed): readonly string[] {
  const imported = importedNames(before);
  return before.assembly.stacks.flatMap((stack) => {
    const later = after.assembly.stacks.find(({ name }) => name === stack.name);
    return Object.entries(stack.template.Outputs ?? {}).flatMap(([output, { Value, Export }]) => {
      const name = Export?.Name;
      if (typeof name !== 'string' || !imported.has(name)) return [];
      const place = `${stackNameOf(stack, before.assembly.facts)}: the export ${output}`;
      const present = after.assembly.exported(name);
      if (!later || !present || present.value === undefined) return [`${place} is removed while another stack imports it`];
      const target = after.assembly.target(present.value, present.stack);
      const changed =
        JSON.stringify(canonical(Value, stack, before.assembly)) !==
        JSON.stringify(canonical(present.value, present.stack, after.assembly));
      return changed || (target && replaced.has(keyOf(target))) ? [`${place} changes while another stack imports it`] : [];
    });
  });
}

function importedNames({ assembly }: Deployed): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const element of value) visit(element);
    if (!isObject(value)) return;
    if (typeof value['Fn::ImportValue'] === 'string') names.add(value['Fn::ImportValue']);
    for (const member of Object.values(value)) visit(member);
  };
  for (const { template } of assembly.stacks) visit(template.Resources);
  return names;
}

export interface DataAtRisk {
  readonly name: string;
  readonly detail: string;
}

/** Resources with data that are replaced or removed, and what becomes of the data. */
export function dataAtRisk(changes: readonly Change[]): readonly DataAtRisk[] {
  return changes.flatMap(({ name, action, before }) => {
    const isGone = action === 'replaced' || action === 'removed' || action === 'perhaps replaced';
    if (!before || !isGone || !isStateful(before.type)) return [];
    const policy = action === 'removed' ? before.json.DeletionPolicy : before.json.UpdateReplacePolicy;
    const shielded = isProtected(before) ? ', but its protection refuses the deletion' : '';
    const fate = fates[policy ?? 'Delete'] ?? 'deleted';
    return [{ name, detail: `${name} (${before.type}) is ${action}; the old one is ${fate}${fate === 'deleted' ? shielded : ''}` }];
  });
}

const fates: Readonly<Record<string, string>> = {
  Retain: 'left behind, and no stack has it any longer',
  RetainExceptOnCreate: 'left behind, and no stack has it any longer',
  Snapshot: 'deleted, and a snapshot is kept',
};

/** A named resource that a removal leaves behind is in the way of its return. */
export function cannotReturn(changes: readonly Change[], before: Deployed): readonly string[] {
  return changes.flatMap(({ action, name, before: resource }) => {
    if (action !== 'removed' || !resource || !/^Retain/.test(resource.json.DeletionPolicy ?? '')) return [];
    const [fixed] = fixedNames(resource, before.assembly);
    return fixed === undefined ? [] : [`${name} stays behind as ${fixed}: setting it back is refused until that is deleted or imported`];
  });
}

function isProtected(resource: Resource): boolean {
  const attributes = objectsOf(resource.at('LoadBalancerAttributes'));
  return (
    ['DeletionProtection', 'DeletionProtectionEnabled', 'DeleteProtection'].some((key) => listOf(resource.at(key)).includes(true)) ||
    attributes.some(({ Key, Value }) => Key === 'deletion_protection.enabled' && String(Value) === 'true')
  );
}
