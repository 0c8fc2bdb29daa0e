// What a change of a stack means for the deployment: what would be refused, and which data would be lost or left
// behind.
import { isObject, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { canonical, canonicalResource } from '../../lib/tom/template/canonical';
import { nameOf, stackNameOf } from '../../lib/tom/template/names';
import type { Deployed } from './deployed';
import { type Change, keyOf } from './differences';
import { objectsOf } from './needs';
import { fixedNames, referencesWithPlaces } from './references';
import { togetherRefused, withoutEffect } from './service-limits';
import { isStateful, primaryIdentifier } from './specification';

/** Properties that no second resource may have with the same values, beside names and identifiers. */
const unique: Readonly<Record<string, readonly string[]>> = {
  // The name of the device is a label. An identical request returns the gateway that exists. ("CreateCustomerGateway")
  'AWS::EC2::CustomerGateway': ['IpAddress', 'BgpAsn', 'DeviceName'],
  'AWS::EC2::NetworkAclEntry': ['NetworkAclId', 'RuleNumber', 'Egress'],
  'AWS::EC2::Route': ['RouteTableId', 'DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId'],
  'AWS::EC2::Subnet': ['VpcId', 'CidrBlock'],
  'AWS::ElasticLoadBalancingV2::Listener': ['LoadBalancerArn', 'Port'],
  'AWS::ElasticLoadBalancingV2::ListenerRule': ['ListenerArn', 'Priority'],
  'AWS::Lambda::EventSourceMapping': ['EventSourceArn', 'FunctionName'],
  'AWS::Route53::RecordSet': ['HostedZoneId', 'Name', 'Type'],
  'AWS::WAFv2::WebACLAssociation': ['ResourceArn'],
};

/** Changes that CloudFormation or the service refuses, or that have no effect although success is reported. */
export function refusals(changes: readonly Change[], before: Deployed, after: Deployed): readonly string[] {
  const replaced = new Set(changes.filter(({ action }) => action === 'replaced').map(({ after: resource }) => resource && keyOf(resource)));
  return [
    ...collisions(changes, replaced, before, after),
    ...changes.flatMap((change) => [...protections(change), ...tokens(change), ...togetherRefused(change), ...withoutEffect(change)]),
    ...exportsInUse(replaced, before, after),
  ];
}

/**
 * What is new is created before anything is deleted: it must not share with any present resource what is unique. A
 * reference to what is replaced too is a new value.
 */
function collisions(
  changes: readonly Change[],
  replaced: ReadonlySet<string | undefined>,
  before: Deployed,
  after: Deployed,
): readonly string[] {
  const taken = new Map(
    before.assembly.resources.flatMap((resource) => uniqueValues(resource, before).map(({ key }) => [key, resource] as const)),
  );
  return changes.flatMap(({ action, name, after: resource, because }) => {
    if (!resource || (action !== 'added' && action !== 'replaced')) return [];
    if (because.includes('Type')) return [`${name}: the type of a resource cannot change`];
    const hit = uniqueValues(resource, after).find(
      ({ key, properties }) => taken.has(key) && !isRenewed(resource, properties, replaced, after),
    );
    if (!hit) return [];
    const cause = action === 'added' ? `${name} would be added` : `${because.slice(0, 3).join(', ')} would replace ${name}`;
    return [`${cause}, and ${hit.shown} exists already`];
  });
}

interface UniqueValue {
  readonly key: string;
  readonly properties: readonly string[];
  readonly shown: string;
}

/** The values of a resource that no second one may have. */
function uniqueValues(resource: Resource, { assembly }: Deployed): readonly UniqueValue[] {
  const { type } = resource;
  const canonicalForm = canonicalResource(resource, assembly);
  const place = `${type} ${resource.stack.region}`;
  const known = unique[type];
  if (known === undefined) {
    const names = fixedNames(resource, assembly).map((fixed) => ({ key: `${place} ${fixed}`, properties: [], shown: `the name ${fixed}` }));
    if (names.length > 0) return names;
  }
  const properties = known ?? primaryIdentifier(type);
  const values = properties.map((property) => valueAt(canonicalForm, `Properties.${property}`) ?? null);
  const isKnown =
    known === undefined ? values.length > 0 && values.every((value) => value !== null) : values.some((value) => value !== null);
  return isKnown ? [{ key: `${place} ${JSON.stringify(values)}`, properties, shown: `one with the same ${properties.join(', ')}` }] : [];
}

function isRenewed(
  resource: Resource,
  properties: readonly string[],
  replaced: ReadonlySet<string | undefined>,
  { assembly }: Deployed,
): boolean {
  return referencesWithPlaces(resource, assembly).some(
    ({ target, place }) => replaced.has(keyOf(target)) && properties.includes(String(place[0])),
  );
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

/** A consequence for one resource. */
export interface Remaining {
  readonly name: string;
  readonly detail: string;
}

/** Resources with data that are replaced or removed, and what becomes of the data. */
export function dataAtRisk(changes: readonly Change[]): readonly Remaining[] {
  return changes.flatMap(({ name, action, before, after }) => {
    const isGone = action === 'replaced' || action === 'removed' || action === 'perhaps replaced';
    if (!before || !isGone || !holdsData(before)) return [];
    const isKept = before.json.UpdateReplacePolicy === after?.json.UpdateReplacePolicy;
    const policy = action === 'removed' ? before.json.DeletionPolicy : isKept ? before.json.UpdateReplacePolicy : 'Delete';
    const shielded = isProtected(before) ? ', but its protection refuses the deletion' : '';
    const fate = fates[policy ?? 'Delete'] ?? 'deleted';
    return [{ name, detail: `${name} (${before.type}) is ${action}; the old one is ${fate}${fate === 'deleted' ? shielded : ''}` }];
  });
}

/** The data of Aurora is that of the cluster; an instance has none. */
const holdsData = (resource: Resource): boolean =>
  isStateful(resource.type) && !(resource.type === 'AWS::RDS::DBInstance' && resource.at('DBClusterIdentifier') !== undefined);

const fates: Readonly<Record<string, string>> = {
  Retain: 'left behind, and no stack has it any longer',
  RetainExceptOnCreate: 'left behind, and no stack has it any longer',
  Snapshot: 'deleted, and a snapshot is kept',
};

/** What a change leaves behind with a name: it is in the way when the setting is set back. */
export function cannotReturn(changes: readonly Change[], before: Deployed): readonly Remaining[] {
  return changes.flatMap(({ action, name, before: resource }) => {
    if (!resource || (action !== 'removed' && action !== 'replaced')) return [];
    const policy = action === 'removed' ? resource.json.DeletionPolicy : resource.json.UpdateReplacePolicy;
    const [fixed] = fixedNames(resource, before.assembly);
    const stays = /^Retain/.test(policy ?? '') || isProtected(resource);
    return !stays || fixed === undefined
      ? []
      : [{ name, detail: `${name} stays behind as ${fixed}: the former value is refused until that is deleted or imported` }];
  });
}

function isProtected(resource: Resource): boolean {
  const attributes = objectsOf(resource.at('LoadBalancerAttributes'));
  return (
    ['DeletionProtection', 'DeletionProtectionEnabled', 'DeleteProtection'].some((key) => listOf(resource.at(key)).includes(true)) ||
    attributes.some(({ Key, Value }) => Key === 'deletion_protection.enabled' && String(Value) === 'true')
  );
}

/** Resources with data that would no longer be kept when they, or their stack, are deleted. */
export function lessKept(before: Deployed, after: Deployed): readonly Remaining[] {
  return after.assembly.resources.flatMap((resource) => {
    const earlier = before.assembly.resource(resource.stack.name, resource.logicalId);
    if (!earlier || !holdsData(resource)) return [];
    const name = nameOf(resource, after.assembly.facts);
    const policies = ['DeletionPolicy', 'UpdateReplacePolicy'] as const;
    return policies.flatMap((policy) => {
      const [was, is] = [earlier.json[policy] ?? 'Delete', resource.json[policy] ?? 'Delete'];
      return was === is || is.startsWith('Retain') ? [] : [{ name, detail: `${name}: ${policy} was ${was} and is ${is}` }];
    });
  });
}
