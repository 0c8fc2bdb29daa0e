// Updates that the services themselves limit: properties that do not change together, and values that stay in force
// after the template leaves them out.
import { isObject, listOf, type Resource } from '../../lib/tom/template/assembly';
import type { Change } from './differences';

/** Properties that a service refuses to change in one update, with the source. */
const notTogether: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  // "You cannot modify the entries of a prefix list and modify the size of a prefix list at the same time." ("EC2 API
  // Reference", ModifyManagedPrefixList; coverage-roadmap#2377.) The rollback would do the same, and fails too.
  'AWS::EC2::PrefixList': [['Entries', 'MaxEntries']],
};

export function togetherRefused({ name, action, before, after }: Change): readonly string[] {
  if (!before || !after || action === 'replaced') return [];
  const differs = (property: string): boolean => JSON.stringify(before.at(property)) !== JSON.stringify(after.at(property));
  return (notTogether[after.type] ?? [])
    .filter((properties) => properties.every(differs))
    .map(([one, other]) => `${name}: ${one} and ${other} change together, which the service refuses, and so does the rollback`);
}

/** Properties whose value stays in force when they are left out, with the source. */
const kept: Readonly<Record<string, readonly string[]>> = {
  // coverage-roadmap#2497: a listener without the property goes on to demand certificates of clients.
  'AWS::ElasticLoadBalancingV2::Listener': ['MutualAuthentication'],
};

/**
 * Lists of keys and values, of which those that are left out stay ("ELB API Reference", ModifyLoadBalancerAttributes:
 * "Any existing attributes that you do not modify retain their current values"; the same for target groups and
 * listeners).
 */
const keptByKey = ['LoadBalancerAttributes', 'TargetGroupAttributes', 'ListenerAttributes'];

export function withoutEffect({ name, action, before, after }: Change): readonly string[] {
  if (!before || !after || (action !== 'updated' && action !== 'perhaps replaced')) return [];
  const whole = (kept[after.type] ?? []).filter((property) => before.at(property) !== undefined && after.at(property) === undefined);
  const keys = keptByKey.flatMap((property) => {
    const present = keysOf(after, property);
    return keysOf(before, property).filter((key) => !present.includes(key));
  });
  return [...whole, ...keys].map((what) => `${name}: ${what} is left out, and its former value stays in force; write the neutral value`);
}

const keysOf = (resource: Resource, property: string): readonly string[] =>
  listOf(resource.at(property)).flatMap((pair) => (isObject(pair) ? [String(pair.Key)] : []));
