// DSS-6.7.1: the headers of the document, exactly, on what the load balancer passes on and on what the firewall answers itself.

import { type Finding, finding, type Guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { attributeOf, attributePath, attributeText, isEncrypted, isPublicListener, listenerType } from '../../template/load-balancers';

const webAclType = 'AWS::WAFv2::WebACL';

/** As the document writes them. A load balancer can set two of them (lib/edge/response-headers.ts); services set the others. */
const promised: Readonly<Record<string, string>> = {
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-XSS-Protection': '1; mode=block',
  'Strict-Transport-Security': 'max-age=15768000',
};

const server = 'routing.http.response.server.enabled';
const transport = 'routing.http.response.strict_transport_security.header_value';
const contentType = 'routing.http.response.x_content_type_options.header_value';

/** What a plain listener says too. Strict-Transport-Security must not go out over HTTP (RFC 6797, section 7.2). */
const onEvery: Readonly<Record<string, string>> = { [server]: 'false', [contentType]: 'nosniff' };
const onEncrypted: Readonly<Record<string, string>> = { ...onEvery, [transport]: 'max-age=15768000' };

export const responseHeaders: Rule = {
  name: 'response-headers',
  requires:
    'every public listener sets the promised headers that a load balancer can set, exactly, and none that tells what it is; and whatever a web ACL answers by itself carries all four',
  types: [listenerType, webAclType],
  check(resource, assembly) {
    if (resource.type === webAclType) return refusalPaths(resource).flatMap((refusal) => missingHeaders(resource, refusal));
    if (!isPublicListener(resource, assembly)) return 'not-applicable';
    return Object.entries(isEncrypted(resource) ? onEncrypted : onEvery).flatMap(([key, value]) => attributeFindings(resource, key, value));
  },
  guards: [
    ...Object.keys(onEvery).flatMap((key) => attributeGuards(isPublicListener, key)),
    ...attributeGuards(isConcerned, transport, replace('max-age=31536000'), replace('max-age=15768000; includeSubDomains')),
    {
      type: webAclType,
      path: (acl: Resource) => refusalPaths(acl).map((path) => `${path}.CustomResponse`),
      breaks: [remove],
    },
    {
      type: webAclType,
      path: (acl: Resource) => refusalPaths(acl).flatMap((path) => promisedIn(acl, path)),
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
    { type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', path: 'Properties.Scheme' },
    ...['Rules', 'DefaultAction'].map((name) => ({ type: webAclType, path: `Properties.${name}` })),
  ],
};

function isConcerned(listener: Resource, assembly: Assembly): boolean {
  return isPublicListener(listener, assembly) && isEncrypted(listener);
}

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

/** Paths of every refusal that a web ACL makes in its own words. Managed groups refuse in AWS's, without headers of ours. */
function refusalPaths(acl: Resource): readonly string[] {
  const ofRules = listOf(acl.at('Rules')).flatMap((rule, index) =>
    isObject(valueAt(rule, 'Action.Block')) ? [`Properties.Rules.${index}.Action.Block`] : [],
  );
  return isObject(acl.at('DefaultAction.Block')) ? [...ofRules, 'Properties.DefaultAction.Block'] : ofRules;
}

function missingHeaders(acl: Resource, path: string): readonly Finding[] {
  const headers = listOf(acl.at(`${path.replace(/^Properties\./, '')}.CustomResponse.ResponseHeaders`));
  const missing = Object.entries(promised).filter(([name, value]) => !headers.some((header) => isHeader(header, name, value)));
  if (missing.length === 0) return [];
  const required = missing.map(([name, value]) => `${name}: ${value}`).join(', ');
  return [finding(acl, `refusal::${path}`, path, required, 'Refuse with a custom response that carries the headers.')];
}

/** Paths of the values of the promised headers in a refusal. */
function promisedIn(acl: Resource, path: string): readonly string[] {
  const list = `${path}.CustomResponse.ResponseHeaders`;
  return listOf(acl.at(list.replace(/^Properties\./, ''))).flatMap((header, index) =>
    isObject(header) && Object.hasOwn(promised, String(header.Name)) ? [`${list}.${index}.Value`] : [],
  );
}

const isHeader = (header: Json, name: string, value: string): boolean =>
  isObject(header) && String(header.Name).toLowerCase() === name.toLowerCase() && header.Value === value;
