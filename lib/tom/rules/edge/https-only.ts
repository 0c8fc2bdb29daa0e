// DSS-5.3.1: users are served over HTTPS alone; port 80 does nothing but redirect to it.

import { append, type Finding, finding, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, listOf, type Resource, valueAt } from '../../template/assembly';
import { isEncrypted, isPublicListener, listenerOf, listenerRuleType, listenerType } from '../../template/load-balancers';

const redirect: Readonly<Record<string, string>> = { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' };

/** What would take a visitor off TLS again. */
const toHttp = { Type: 'redirect', RedirectConfig: { Protocol: 'HTTP', Port: '80', StatusCode: 'HTTP_302' } };

export const httpsOnly: Rule = {
  name: 'https-only',
  requires:
    'every public listener is on 443 with TLS, or on 80 where its only action is to redirect permanently to HTTPS on 443, no rule changes that, and nothing sends visitors back to HTTP',
  types: [listenerType, listenerRuleType],
  check(resource, assembly) {
    const listener = listenerOf(resource, assembly);
    if (listener && !isPublicListener(listener, assembly)) return 'not-applicable';
    if (resource.type === listenerRuleType) return ruleFindings(resource, listener);
    return isEncrypted(resource)
      ? [...onPort(resource, 443), ...redirectFindings(resource, 'DefaultActions')]
      : [...onPort(resource, 80), ...listenerFindings(resource)];
  },
  guards: [
    guardWhere(listenerType, isPublicListener, 'Properties.Port', remove, replace(8443)),
    guardWhere(listenerType, isPublicListener, 'Properties.Protocol', replace('TCP')),
    guardWhere(listenerType, isEncryptedAndPublic, 'Properties.Protocol', replace('HTTP')),
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
    guardWhere(listenerType, isEncryptedAndPublic, 'Properties.DefaultActions', append(toHttp)),
    guardWhere(listenerRuleType, isEncryptedAndPublicRule, 'Properties.Actions', append(toHttp)),
  ],
  bypasses: [
    {
      name: 'a rule that serves over port 80',
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
    { type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', path: 'Properties.Scheme' },
  ],
};

function isPlain(listener: Resource, assembly: Assembly): boolean {
  return isPublicListener(listener, assembly) && !isEncrypted(listener);
}

function isEncryptedAndPublic(listener: Resource, assembly: Assembly): boolean {
  return isPublicListener(listener, assembly) && isEncrypted(listener);
}

function isEncryptedAndPublicRule(resource: Resource, assembly: Assembly): boolean {
  const listener = listenerOf(resource, assembly);
  return listener?.type === listenerType && isEncryptedAndPublic(listener, assembly);
}

function ruleFindings(resource: Resource, listener: Resource | undefined): readonly Finding[] {
  if (listener && isEncrypted(listener)) return redirectFindings(resource, 'Actions');
  const required = 'a listener of the deployment with TLS';
  return [finding(resource, 'plain-rule', 'Properties.ListenerArn', required, 'Add the rule to the listener on 443.')];
}

function onPort(listener: Resource, port: number): readonly Finding[] {
  const protocol = listener.at('Protocol');
  const spoken = protocol === 'HTTPS' || protocol === 'HTTP';
  return [
    ...(spoken ? [] : [finding(listener, 'protocol', 'Properties.Protocol', 'HTTPS', 'Serve over HTTPS.')]),
    ...(Number(listener.at('Port')) === port
      ? []
      : [finding(listener, 'port', 'Properties.Port', String(port), 'Listen on 80 and 443 alone.')]),
  ];
}

/** A redirect that names no protocol keeps the one that it came by ("RedirectConfig"). */
function redirectFindings(resource: Resource, list: string): readonly Finding[] {
  return listOf(resource.at(list)).flatMap((action, index) => {
    const protocol = valueAt(action, 'RedirectConfig.Protocol');
    if ([undefined, 'HTTPS', '#{protocol}'].some((allowed) => allowed === protocol)) return [];
    const path = `Properties.${list}.${index}.RedirectConfig.Protocol`;
    return [finding(resource, `back::${index}`, path, 'HTTPS', 'Redirect to HTTPS alone.')];
  });
}

/** Nothing but where to: a redirect that names a host, path or query of its own leads visitors elsewhere. */
function listenerFindings(listener: Resource): readonly Finding[] {
  const actions = listOf(listener.at('DefaultActions'));
  const at = 'DefaultActions.0.RedirectConfig';
  const right = Object.entries(redirect).every(([name, value]) => listener.at(`${at}.${name}`) === value);
  const elsewhere = ['Host', 'Path', 'Query'].some((name) => listener.at(`${at}.${name}`) !== undefined);
  if (actions.length === 1 && listener.at('DefaultActions.0.Type') === 'redirect' && right && !elsewhere) return [];
  const required = 'one action: a permanent redirect to HTTPS on 443';
  return [finding(listener, 'redirect', 'Properties.DefaultActions', required, 'Redirect with ListenerAction.redirect.')];
}
