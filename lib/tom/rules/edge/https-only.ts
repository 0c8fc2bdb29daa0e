// DSS-5.3.1: users are served over HTTPS only; port 80 only redirects to it.

import { append, type Finding, finding, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, listOf, type Resource, valueAt } from '../../template/assembly';
import { isEncrypted, isPublicHttps, isPublicListener, listenerOf } from '../../template/load-balancers';
import { balancerType, listenerRuleType, listenerType } from '../../template/resource-types';

const redirect: Readonly<Record<string, string>> = { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' };

/** A redirect of visitors from HTTPS back to HTTP. */
const toHttp = { Type: 'redirect', RedirectConfig: { Protocol: 'HTTP', Port: '80', StatusCode: 'HTTP_302' } };

export const httpsOnly: Rule = {
  name: 'https-only',
  requires: 'every public listener serves HTTPS on port 443, or redirects permanently from port 80 to HTTPS',
  types: [listenerType, listenerRuleType],
  check(resource, assembly) {
    const listener = listenerOf(resource, assembly);
    if (listener && !isPublicListener(listener, assembly)) return 'not-applicable';
    if (resource.type === listenerRuleType) return ruleFindings(resource, listener);
    return isEncrypted(resource)
      ? [...portFindings(resource, 443), ...redirectFindings(resource, 'DefaultActions')]
      : [...portFindings(resource, 80), ...listenerFindings(resource)];
  },
  guards: [
    guardWhere(listenerType, isPublicListener, 'Properties.Port', remove, replace(8443)),
    guardWhere(listenerType, isPublicListener, 'Properties.Protocol', replace('TCP')),
    guardWhere(listenerType, isPublicHttps, 'Properties.Protocol', replace('HTTP')),
    guardWhere(listenerType, isPlain, 'Properties.DefaultActions', remove, append({ Type: 'forward', TargetGroupArn: 'servers' })),
    guardWhere(listenerType, isPlain, 'Properties.DefaultActions.0.Type', replace('forward'), replace('fixed-response')),
    ...Object.keys(redirect).map((name) =>
      guardWhere(listenerType, isPlain, `Properties.DefaultActions.0.RedirectConfig.${name}`, remove, replace('HTTP')),
    ),
    ...['Host', 'Path', 'Query'].map((name) =>
      guardWhere(listenerType, isPlain, `Properties.DefaultActions.0.RedirectConfig.${name}`, {
        op: 'set',
        value: name === 'Host' ? 'elsewhere.example' : 'x',
      }),
    ),
    guardWhere(listenerType, isPublicHttps, 'Properties.DefaultActions', append(toHttp)),
    guardWhere(listenerRuleType, isRuleOfPublicHttps, 'Properties.Actions', append(toHttp)),
  ],
  bypasses: [
    {
      name: 'a listener rule that forwards requests on port 80',
      beside: listenerType,
      resources: (_, assembly) => ({
        Rule: {
          Type: listenerRuleType,
          Properties: {
            ListenerArn: { Ref: assembly.ofType(listenerType).find((listener) => isPlain(listener, assembly))?.logicalId ?? 'Missing' },
            Priority: 7,
            Actions: [{ Type: 'forward', TargetGroupArn: 'servers' }],
          },
        },
      }),
    },
    {
      name: 'a listener on another port',
      beside: listenerType,
      resources: (beside) => ({
        Listener: {
          Type: listenerType,
          Properties: { LoadBalancerArn: beside.at('LoadBalancerArn') ?? 'x', Port: 8080, Protocol: 'HTTP', DefaultActions: [] },
        },
      }),
    },
  ],
  reads: [
    { type: listenerType, path: 'Properties.LoadBalancerArn' },
    { type: listenerType, path: 'Properties.DefaultActions' },
    ...['ListenerArn', 'Actions'].map((name) => ({ type: listenerRuleType, path: `Properties.${name}` })),
    { type: balancerType, path: 'Properties.Scheme' },
  ],
};

function isPlain(listener: Resource, assembly: Assembly): boolean {
  return isPublicListener(listener, assembly) && !isEncrypted(listener);
}

function isRuleOfPublicHttps(resource: Resource, assembly: Assembly): boolean {
  const listener = listenerOf(resource, assembly);
  return listener?.type === listenerType && isPublicHttps(listener, assembly);
}

function ruleFindings(resource: Resource, listener: Resource | undefined): readonly Finding[] {
  if (listener && isEncrypted(listener)) return redirectFindings(resource, 'Actions');
  const required = 'a listener of the deployment with TLS';
  return [finding(resource, 'plain-rule', 'Properties.ListenerArn', required, 'Add the rule to the listener on 443.')];
}

function portFindings(listener: Resource, port: number): readonly Finding[] {
  const protocol = listener.at('Protocol');
  const isHttp = protocol === 'HTTPS' || protocol === 'HTTP';
  return [
    ...(isHttp ? [] : [finding(listener, 'protocol', 'Properties.Protocol', 'HTTPS', 'Set protocol: ApplicationProtocol.HTTPS.')]),
    ...(Number(listener.at('Port')) === port
      ? []
      : [finding(listener, 'port', 'Properties.Port', String(port), 'Use port 443 for HTTPS and port 80 for HTTP.')]),
  ];
}

/** A redirect without a protocol keeps the protocol of the request ("RedirectConfig"). */
function redirectFindings(resource: Resource, list: string): readonly Finding[] {
  return listOf(resource.at(list)).flatMap((action, index) => {
    const protocol = valueAt(action, 'RedirectConfig.Protocol');
    if ([undefined, 'HTTPS', '#{protocol}'].some((allowed) => allowed === protocol)) return [];
    const path = `Properties.${list}.${index}.RedirectConfig.Protocol`;
    return [finding(resource, `back::${index}`, path, 'HTTPS', 'Set the protocol of the redirect to HTTPS.')];
  });
}

/** A redirect with its own host, path or query would lead visitors to another location. */
function listenerFindings(listener: Resource): readonly Finding[] {
  const actions = listOf(listener.at('DefaultActions'));
  const at = 'DefaultActions.0.RedirectConfig';
  const right = Object.entries(redirect).every(([name, value]) => listener.at(`${at}.${name}`) === value);
  const elsewhere = ['Host', 'Path', 'Query'].some((name) => listener.at(`${at}.${name}`) !== undefined);
  if (actions.length === 1 && listener.at('DefaultActions.0.Type') === 'redirect' && right && !elsewhere) return [];
  const required = 'one action: a permanent redirect to HTTPS on 443';
  return [finding(listener, 'redirect', 'Properties.DefaultActions', required, 'Use ListenerAction.redirect with permanent: true.')];
}
