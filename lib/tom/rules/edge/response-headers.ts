// DSS-6.7.1: the headers of the document, exactly, on responses of the load balancer and on refusals of the web ACL.

import { type Finding, finding, type Guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { attributeOf, attributePath, attributeText, isEncrypted, isPublicHttps, isPublicListener } from '../../template/load-balancers';
import { encryptedListenerAttributes, plainListenerAttributes, promisedHeaders, transportHeader } from '../../template/promised-headers';
import { balancerType, listenerType, webAclType } from '../../template/resource-types';

export const responseHeaders: Rule = {
  name: 'response-headers',
  requires: 'public listeners and the refusals of web ACLs set the promised security headers exactly',
  types: [listenerType, webAclType],
  check(resource, assembly) {
    if (resource.type === webAclType) return refusalPaths(resource).flatMap((refusal) => missingHeaderFindings(resource, refusal));
    if (!isPublicListener(resource, assembly)) return 'not-applicable';
    return Object.entries(isEncrypted(resource) ? encryptedListenerAttributes : plainListenerAttributes).flatMap(([key, value]) =>
      attributeFindings(resource, key, value),
    );
  },
  guards: [
    ...Object.keys(plainListenerAttributes).flatMap((key) => attributeGuards(isPublicListener, key)),
    ...attributeGuards(isPublicHttps, transportHeader, replace('max-age=31536000'), replace('max-age=15768000; includeSubDomains')),
    {
      type: webAclType,
      path: (acl: Resource) => refusalPaths(acl).map((path) => `${path}.CustomResponse`),
      breaks: [remove],
    },
    {
      type: webAclType,
      path: (acl: Resource) => refusalPaths(acl).flatMap((path) => promisedHeaderPaths(acl, path)),
      breaks: [remove, replace('x')],
    },
    {
      type: webAclType,
      path: (acl: Resource) => refusalPaths(acl).map((path) => `${path}.CustomResponse.ResponseHeaders`),
      breaks: [remove, set([])],
    },
  ],
  reads: [
    ...['Protocol', 'LoadBalancerArn', 'ListenerAttributes'].map((name) => ({ type: listenerType, path: `Properties.${name}` })),
    { type: balancerType, path: 'Properties.Scheme' },
    ...['Rules', 'DefaultAction'].map((name) => ({ type: webAclType, path: `Properties.${name}` })),
  ],
};

function attributeGuards(where: NonNullable<Guard['where']>, key: string, ...breaks: Guard['breaks']): readonly Guard[] {
  return [
    guardWhere(listenerType, where, attributePath(key), remove),
    guardWhere(listenerType, where, attributePath(key, '.Value'), replace('other'), ...breaks),
  ];
}

function attributeFindings(listener: Resource, key: string, value: string): readonly Finding[] {
  if (attributeText(listener, key) === value) return [];
  const path = attributeOf(listener, key)?.path ?? 'Properties.ListenerAttributes';
  const fix = `Set the attribute ${key} on the listener.`;
  return [{ ...finding(listener, key, path, `${key}: ${value}`, fix), found: attributeText(listener, key) }];
}

/** Paths of the block actions of a web ACL. Managed rule groups send the response of AWS, without custom headers. */
function refusalPaths(acl: Resource): readonly string[] {
  const ofRules = listOf(acl.at('Rules')).flatMap((rule, index) =>
    isObject(valueAt(rule, 'Action.Block')) ? [`Properties.Rules.${index}.Action.Block`] : [],
  );
  return isObject(acl.at('DefaultAction.Block')) ? [...ofRules, 'Properties.DefaultAction.Block'] : ofRules;
}

function missingHeaderFindings(acl: Resource, path: string): readonly Finding[] {
  const headers = listOf(acl.at(`${path.replace(/^Properties\./, '')}.CustomResponse.ResponseHeaders`));
  const missing = Object.entries(promisedHeaders).filter(([name, value]) => !headers.some((header) => isHeader(header, name, value)));
  if (missing.length === 0) return [];
  const required = missing.map(([name, value]) => `${name}: ${value}`).join(', ');
  return [finding(acl, `refusal::${path}`, path, required, 'Set a custom response with the headers on the block action.')];
}

/** Paths of the values of the promised headers in a refusal. */
function promisedHeaderPaths(acl: Resource, path: string): readonly string[] {
  const list = `${path}.CustomResponse.ResponseHeaders`;
  return listOf(acl.at(list.replace(/^Properties\./, ''))).flatMap((header, index) =>
    isObject(header) && Object.hasOwn(promisedHeaders, String(header.Name)) ? [`${list}.${index}.Value`] : [],
  );
}

const isHeader = (header: Json, name: string, value: string): boolean =>
  isObject(header) && String(header.Name).toLowerCase() === name.toLowerCase() && header.Value === value;
