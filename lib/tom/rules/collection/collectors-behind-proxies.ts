// TOM-5.1: web data is collected over HTTP, by collectors that only the load balancer can reach.

import { append, type Finding, finding, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { isCollecting } from '../../template/fleets';
import { dataPaths } from '../../template/hit-paths';
import {
  balancerType,
  connectEndpointType,
  fleetType,
  ingressType,
  listenerRuleType,
  listenerType,
  securityGroupType,
  serverTemplateType,
  targetGroupType,
} from '../../template/resource-types';
import { groupOf, groupValue, sourceFindings } from './collector-source-findings';

/** The public paths of a collector: its health and metrics are not public. */
const hitPaths = dataPaths.toSorted();

/** Settings of the target group, so that only collectors that can store hits receive them. */
const checks = { Protocol: 'HTTP', HealthCheckProtocol: 'HTTP', HealthCheckPath: '/health', 'Matcher.HttpCode': '200' } as const;

export const collectorsBehindProxies: Rule = {
  name: 'collectors-behind-proxies',
  requires: 'healthy collectors receive hits from the HTTPS listener of the load balancer only, on the three hit paths only',
  types: [fleetType],
  check: (fleet, assembly) => (isCollecting(fleet) ? targetFindings(fleet, assembly) : 'not-applicable'),
  guards: [
    guardWhere(fleetType, isCollecting, 'Properties.TargetGroupARNs', remove, replace(['elsewhere'])),
    ...Object.keys(checks).map((path) => guardWhere(targetGroupType, receivesHits, `Properties.${path}`, remove, replace('x'))),
    guardWhere(targetGroupType, receivesHits, 'Properties.HealthCheckEnabled', set(false)),
    guardWhere(targetGroupType, receivesHits, 'Properties.HealthCheckPort', set('22')),
    guardWhere(targetGroupType, receivesHits, 'Properties.TargetType', replace('lambda')),
    guardWhere(targetGroupType, receivesHits, 'Properties.Targets', set([{ Id: 'i-other' }])),
    guardWhere(listenerRuleType, forwardsHits, '', remove),
    guardWhere(listenerRuleType, forwardsHits, 'Properties.ListenerArn', remove, replace('elsewhere')),
    guardWhere(listenerRuleType, forwardsHits, 'Properties.Actions', remove),
    guardWhere(listenerRuleType, forwardsHits, 'Properties.Conditions', remove, append({ Field: 'http-header' })),
    guardWhere(
      listenerRuleType,
      forwardsHits,
      'Properties.Conditions.*.PathPatternConfig.Values',
      remove,
      append('/metrics'),
      append('/*'),
    ),
    guardWhere(listenerType, (listener, assembly) => servesHits(listener, assembly), 'Properties.Protocol', remove, replace('HTTP')),
    guardWhere(ingressType, admitsToCollectors, 'Properties.SourceSecurityGroupId', remove, replace('sg')),
    guardWhere(ingressType, admitsToCollectors, 'Properties.CidrIp', set('10.0.0.0/8')),
  ],
  bypasses: [
    {
      name: 'servers with access to collectors beside the load balancer',
      beside: fleetType,
      resources: (beside, assembly) => ({
        Neighbours: { Type: securityGroupType, Properties: { GroupDescription: 'x', VpcId: 'vpc' } },
        Door: {
          Type: ingressType,
          Properties: {
            GroupId: groupValue(beside, assembly) ?? 'Missing',
            SourceSecurityGroupId: { 'Fn::GetAtt': ['Neighbours', 'GroupId'] },
            IpProtocol: 'tcp',
            FromPort: 8080,
            ToPort: 8080,
          },
        },
      }),
    },
    {
      name: 'an earlier listener rule for the hit paths',
      beside: fleetType,
      resources: (_, assembly) => ({
        Before: {
          Type: listenerRuleType,
          Properties: {
            ListenerArn:
              assembly
                .ofType(listenerRuleType)
                .find((rule) => forwardsHits(rule, assembly))
                ?.at('ListenerArn') ?? 'Missing',
            Priority: 2,
            Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/h?t*'] } }],
            Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '204' } }],
          },
        },
      }),
    },
    {
      name: 'a listener whose default action forwards to collectors',
      beside: targetGroupType,
      resources: (beside) => ({
        Default: {
          Type: listenerType,
          Properties: { Port: 443, Protocol: 'HTTPS', DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: beside.logicalId } }] },
        },
      }),
    },
    {
      name: 'a listener rule that forwards every path to collectors',
      beside: targetGroupType,
      resources: (beside) => ({
        Everything: {
          Type: listenerRuleType,
          Properties: {
            Priority: 1,
            Actions: [{ Type: 'forward', TargetGroupArn: { Ref: beside.logicalId } }],
            Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
          },
        },
      }),
    },
  ],
  reads: [
    { type: fleetType, path: 'Properties' },
    { type: serverTemplateType, path: 'Properties.LaunchTemplateData' },
    { type: balancerType, path: 'Properties.SecurityGroups' },
    { type: connectEndpointType, path: 'Properties.SecurityGroupIds' },
    { type: securityGroupType, path: 'Properties.SecurityGroupIngress' },
    ...[targetGroupType, listenerRuleType, listenerType, ingressType].map((type) => ({ type, path: 'Properties' })),
  ],
};

function targetFindings(fleet: Resource, assembly: Assembly): Verdict {
  const named = listOf(fleet.at('TargetGroupARNs')).map((value) => assembly.target(value, fleet.stack));
  const targets = named.filter((target): target is Resource => target?.type === targetGroupType);
  const [target] = targets;
  if (!target || named.length > 1) {
    return [
      finding(
        fleet,
        'targets',
        'Properties.TargetGroupARNs',
        'one target group of the deployment',
        'Attach the fleet to one target group.',
      ),
    ];
  }
  return [
    ...healthCheckFindings(target),
    ...routeFindings(fleet, target, assembly),
    ...otherRouteFindings(fleet, target, assembly),
    ...sourceFindings(fleet, assembly),
  ];
}

function healthCheckFindings(target: Resource): readonly Finding[] {
  const wrong = Object.entries(checks).filter(([path, value]) => target.at(path) !== value);
  const findings = wrong.map(([path, value]) =>
    finding(target, `check::${path}`, `Properties.${path}`, value, 'Use the health check of CollectorTraffic.'),
  );
  if (![undefined, 'traffic-port', String(target.at('Port'))].some((port) => port === target.at('HealthCheckPort'))) {
    findings.push(finding(target, 'check::port', 'Properties.HealthCheckPort', 'the traffic port', 'Remove healthCheckPort.'));
  }
  if (target.at('TargetType') !== undefined && target.at('TargetType') !== 'instance') {
    findings.push(finding(target, 'targets::type', 'Properties.TargetType', 'instance', 'Register the fleet only.'));
  }
  if (listOf(target.at('Targets')).length > 0) {
    findings.push(finding(target, 'targets::others', 'Properties.Targets', 'no targets except the fleet', 'Remove targets.'));
  }
  if (target.at('HealthCheckEnabled') !== undefined && target.at('HealthCheckEnabled') !== true) {
    findings.push(finding(target, 'check', 'Properties.HealthCheckEnabled', 'true', 'Remove healthCheckEnabled.'));
  }
  return findings;
}

function routeFindings(fleet: Resource, target: Resource, assembly: Assembly): readonly Finding[] {
  const rules = assembly.ofType(listenerRuleType).filter((rule) => forwardsTo(rule, target, assembly));
  const findings = rules
    .filter((rule) => !isHitRule(rule, assembly))
    .map((rule) => {
      const required = `the HTTPS listener and the paths ${hitPaths.join(', ')}`;
      return {
        ...finding(rule, `rule::${rule.logicalId}`, rule.logicalId, required, 'Use the listener rule of CollectorTraffic.'),
        found: rule.properties,
      };
    });
  if (rules.length > 0) return findings;
  return [
    finding(fleet, 'rule', 'the listener rules', 'a rule that forwards hits to the fleet', 'Use the listener rule of CollectorTraffic.'),
  ];
}

/** No other rule matches the hit paths, and no default action forwards to collectors. */
function otherRouteFindings(fleet: Resource, target: Resource, assembly: Assembly): readonly Finding[] {
  const rules = assembly.ofType(listenerRuleType);
  const own = rules.filter((rule) => forwardsTo(rule, target, assembly));
  const isBefore = (rule: Resource, of: Resource): boolean =>
    assembly.target(rule.at('ListenerArn'), rule.stack) === assembly.target(of.at('ListenerArn'), of.stack) &&
    !(Number(rule.at('Priority')) > Number(of.at('Priority')));
  const before = rules.filter((rule) => !own.includes(rule) && mayMatchHits(rule) && own.some((one) => isBefore(rule, one)));
  const byDefault = assembly.ofType(listenerType).filter((listener) => forwardsTo(listener, target, assembly, 'DefaultActions'));
  return [...before, ...byDefault].map((one) => {
    const required = `no earlier rule for ${hitPaths.join(', ')}, and no default action to collectors`;
    return { ...finding(fleet, `taken::${one.logicalId}`, one.logicalId, required, 'Use other paths.'), found: one.properties };
  });
}

/** Whether a rule may match a hit path: it does unless its path patterns exclude them all. */
function mayMatchHits(rule: Resource): boolean {
  const patterns = listOf(rule.at('Conditions')).map((condition) => valueAt(condition, 'PathPatternConfig.Values'));
  return patterns.every(
    (values) => values === undefined || listOf(values).some((value) => hitPaths.some((path) => matchesPattern(path, value))),
  );
}

/** Whether a path pattern matches: `*` is any text, `?` is one character. A pattern that is not text may match. */
function matchesPattern(path: string, pattern: Json): boolean {
  if (typeof pattern !== 'string') return true;
  const parts = [...pattern].map((c) => (c === '*' ? '.*' : c === '?' ? '.' : c.replace(/[.+^$(){}|[\]\\/]/, '\\$&')));
  return new RegExp(`^${parts.join('')}$`).test(path);
}

function forwardsTo(rule: Resource, target: Resource, assembly: Assembly, list = 'Actions'): boolean {
  return listOf(rule.at(list)).some((action) => {
    if (!isObject(action)) return false;
    const named = [
      action.TargetGroupArn,
      ...listOf(valueAt(action, 'ForwardConfig.TargetGroups')).map((entry) => valueAt(entry, 'TargetGroupArn')),
    ];
    return named.some((value) => assembly.refersTo(value, rule, target));
  });
}

function isHitRule(rule: Resource, assembly: Assembly): boolean {
  const conditions = listOf(rule.at('Conditions'));
  const values = listOf(valueAt(conditions[0], 'PathPatternConfig.Values')).map(String);
  const listener = assembly.target(rule.at('ListenerArn'), rule.stack);
  return (
    conditions.length === 1 &&
    values.toSorted().join() === hitPaths.join() &&
    listener?.type === listenerType &&
    listener.at('Protocol') === 'HTTPS'
  );
}

const collectingFleets = (assembly: Assembly): readonly Resource[] => assembly.ofType(fleetType).filter(isCollecting);

function receivesHits(target: Resource, assembly: Assembly): boolean {
  return collectingFleets(assembly).some((fleet) =>
    listOf(fleet.at('TargetGroupARNs')).some((value) => assembly.refersTo(value, fleet, target)),
  );
}

function forwardsHits(rule: Resource, assembly: Assembly): boolean {
  return assembly.ofType(targetGroupType).some((target) => receivesHits(target, assembly) && forwardsTo(rule, target, assembly));
}

function servesHits(listener: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(listenerRuleType)
    .some((rule) => forwardsHits(rule, assembly) && assembly.refersTo(rule.at('ListenerArn'), rule, listener));
}

function admitsToCollectors(rule: Resource, assembly: Assembly): boolean {
  return collectingFleets(assembly).some((fleet) => {
    const group = groupOf(fleet, assembly);
    return group !== undefined && assembly.refersTo(rule.at('GroupId'), rule, group);
  });
}
