// Load balancers, their listeners, and the attributes of both, which are lists of keys and values.

import { type Assembly, isObject, type Json, listOf, type Resource } from './assembly';
import { balancerType, listenerRuleType, listenerType } from './resource-types';

/**
 * Whether the load balancer is internet-facing, which is the default ("AWS::ElasticLoadBalancingV2::LoadBalancer",
 * Scheme).
 */
export const isPublic = (balancer: Resource): boolean => balancer.at('Scheme') !== 'internal';

/** The listener of a rule, or the listener itself. */
export function listenerOf(resource: Resource, assembly: Assembly): Resource | undefined {
  return resource.type === listenerRuleType ? assembly.target(resource.at('ListenerArn'), resource.stack) : resource;
}

/**
 * Whether the load balancer of a listener is internet-facing. An unresolvable load balancer counts as internet-facing.
 */
export function isPublicListener(listener: Resource, assembly: Assembly): boolean {
  const balancer = assembly.target(listener.at('LoadBalancerArn'), listener.stack);
  return balancer?.type !== balancerType || isPublic(balancer);
}

/** Whether a listener terminates TLS. A listener without a protocol is judged as one that must. */
export const isEncrypted = (listener: Resource): boolean => listener.at('Protocol') !== 'HTTP';

/** Whether a listener terminates TLS for an internet-facing load balancer. */
export const isPublicHttps = (listener: Resource, assembly: Assembly): boolean =>
  isPublicListener(listener, assembly) && isEncrypted(listener);

/** Property that lists the attributes of each type. */
const attributeLists: Readonly<Record<string, string>> = {
  [balancerType]: 'LoadBalancerAttributes',
  [listenerType]: 'ListenerAttributes',
};

interface Attribute {
  /** Below the resource, as in `Properties.ListenerAttributes.2`. */
  readonly path: string;
  readonly value: Json | undefined;
}

/** An attribute of a load balancer or a listener; the last one if a key occurs more than once. */
export function attributeOf(resource: Resource, key: string): Attribute | undefined {
  const list = attributeLists[resource.type] ?? '';
  return listOf(resource.at(list))
    .map((entry, index) => ({ entry, path: `Properties.${list}.${index}` }))
    .filter(({ entry }) => isObject(entry) && entry.Key === key)
    .map(({ entry, path }) => ({ path, value: isObject(entry) ? entry.Value : undefined }))
    .at(-1);
}

/**
 * The attribute as text: CloudFormation treats `true` and `"true"` alike. An intrinsic resolves at deployment and
 * never equals an expected value.
 */
export function attributeText(resource: Resource, key: string): string | undefined {
  const value = attributeOf(resource, key)?.value;
  return typeof value === 'object' ? JSON.stringify(value) : value?.toString();
}

/** The path of an attribute, for guards; `below` is a path below it, as in `.Value`. */
export const attributePath =
  (key: string, below = '') =>
  (resource: Resource): readonly string[] => {
    const found = attributeOf(resource, key);
    return found ? [`${found.path}${below}`] : [];
  };
