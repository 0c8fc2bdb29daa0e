// TOM-5.1: web data is collected over HTTP, by collectors that the load balancer alone reaches.

import { append, type Finding, finding, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { fleetType, isCollecting, securityGroupsOf, serverTemplateType, templateOf } from '../../template/fleets';

const targetsType = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const ruleType = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const listenerType = 'AWS::ElasticLoadBalancingV2::Listener';
const balancerType = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const groupType = 'AWS::EC2::SecurityGroup';
const ingressType = 'AWS::EC2::SecurityGroupIngress';

/** The pixel, one hit, and many: what the internet may ask of a collector. Its health and its metrics are not among them. */
const paths = ['/hit', '/hit.gif', '/hits'];

/** What a target group must say, so that only collectors that can keep hits get any. */
const checks = { Protocol: 'HTTP', HealthCheckProtocol: 'HTTP', HealthCheckPath: '/health', 'Matcher.HttpCode': '200' } as const;

export const collectorsBehindProxies: Rule = {
  name: 'collectors-behind-proxies',
  requires:
    'collectors get hits from the HTTPS listener of the load balancer alone, on the three paths of hits, which nothing else answers, and only while they are healthy',
  types: [fleetType],
  check: (fleet, assembly) => (isCollecting(fleet) ? targetFindings(fleet, assembly) : 'not-applicable'),
  guards: [
    guardWhere(fleetType, isCollecting, 'Properties.TargetGroupARNs', remove, replace(['elsewhere'])),
    ...Object.keys(checks).map((path) => guardWhere(targetsType, takesHits, `Properties.${path}`, remove, replace('x'))),
    guardWhere(targetsType, takesHits, 'Properties.HealthCheckEnabled', set(false)),
    guardWhere(targetsType, takesHits, 'Properties.HealthCheckPort', set('22')),
    guardWhere(targetsType, takesHits, 'Properties.TargetType', replace('lambda')),
    guardWhere(targetsType, takesHits, 'Properties.Targets', set([{ Id: 'i-other' }])),
    guardWhere(ruleType, leadsToHits, '', remove),
    guardWhere(ruleType, leadsToHits, 'Properties.ListenerArn', remove, replace('elsewhere')),
    guardWhere(ruleType, leadsToHits, 'Properties.Actions', remove),
    guardWhere(ruleType, leadsToHits, 'Properties.Conditions', remove, append({ Field: 'http-header' })),
    guardWhere(ruleType, leadsToHits, 'Properties.Conditions.*.PathPatternConfig.Values', remove, append('/metrics'), append('/*')),
    guardWhere(listenerType, (listener, assembly) => hearsHits(listener, assembly), 'Properties.Protocol', remove, replace('HTTP')),
    guardWhere(ingressType, admitsToCollectors, 'Properties.SourceSecurityGroupId', remove, replace('sg')),
    guardWhere(ingressType, admitsToCollectors, 'Properties.CidrIp', set('10.0.0.0/8')),
  ],
  bypasses: [
    {
      name: 'servers beside the load balancer that reach collectors',
      beside: fleetType,
      resources: (beside, assembly) => ({
        Neighbours: { Type: groupType, Properties: { GroupDescription: 'x', VpcId: 'vpc' } },
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
      name: 'a rule before theirs that answers for them',
      beside: fleetType,
      resources: (_, assembly) => ({
        Before: {
          Type: ruleType,
          Properties: {
            ListenerArn:
              assembly
                .ofType(ruleType)
                .find((rule) => leadsToHits(rule, assembly))
                ?.at('ListenerArn') ?? 'Missing',
            Priority: 2,
            Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/h?t*'] } }],
            Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '204' } }],
          },
        },
      }),
    },
    {
      name: 'a listener that sends whatever no rule is about',
      beside: targetsType,
      resources: (beside) => ({
        Default: {
          Type: listenerType,
          Properties: { Port: 443, Protocol: 'HTTPS', DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: beside.logicalId } }] },
        },
      }),
    },
    {
      name: 'a rule that sends everything to collectors',
      beside: targetsType,
      resources: (beside) => ({
        Everything: {
          Type: ruleType,
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
    { type: groupType, path: 'Properties.SecurityGroupIngress' },
    ...[targetsType, ruleType, listenerType, ingressType].map((type) => ({ type, path: 'Properties' })),
  ],
};

function targetFindings(fleet: Resource, assembly: Assembly): Verdict {
  const named = listOf(fleet.at('TargetGroupARNs')).map((value) => assembly.target(value, fleet.stack));
  const targets = named.filter((target): target is Resource => target?.type === targetsType);
  const [target] = targets;
  if (!target || named.length > 1) {
    return [
      finding(fleet, 'targets', 'Properties.TargetGroupARNs', 'one target group of the deployment', 'Bind the group to its target group.'),
    ];
  }
  return [
    ...healthCheckFindings(target),
    ...routeFindings(fleet, target, assembly),
    ...otherRouteFindings(fleet, target, assembly),
    ...reachFindings(fleet, assembly),
  ];
}

function healthCheckFindings(target: Resource): readonly Finding[] {
  const wrong = Object.entries(checks).filter(([path, value]) => target.at(path) !== value);
  const findings = wrong.map(([path, value]) =>
    finding(target, `check::${path}`, `Properties.${path}`, value, 'Check what /health of the collector says.'),
  );
  if (![undefined, 'traffic-port', String(target.at('Port'))].some((port) => port === target.at('HealthCheckPort'))) {
    findings.push(finding(target, 'check::port', 'Properties.HealthCheckPort', 'the port of hits', 'Leave it out.'));
  }
  if (target.at('TargetType') !== undefined && target.at('TargetType') !== 'instance') {
    findings.push(finding(target, 'targets::type', 'Properties.TargetType', 'instance', 'Bind the fleet, and nothing else.'));
  }
  if (listOf(target.at('Targets')).length > 0) {
    findings.push(finding(target, 'targets::others', 'Properties.Targets', 'none but the servers of the fleet', 'Leave it out.'));
  }
  if (target.at('HealthCheckEnabled') !== undefined && target.at('HealthCheckEnabled') !== true) {
    findings.push(finding(target, 'check', 'Properties.HealthCheckEnabled', 'true', 'Leave it out.'));
  }
  return findings;
}

function routeFindings(fleet: Resource, target: Resource, assembly: Assembly): readonly Finding[] {
  const rules = assembly.ofType(ruleType).filter((rule) => forwardsTo(rule, target, assembly));
  const findings = rules
    .filter((rule) => !isForHits(rule, assembly))
    .map((rule) => {
      const required = `the HTTPS listener and the paths ${paths.join(', ')}`;
      return {
        ...finding(rule, `rule::${rule.logicalId}`, rule.logicalId, required, 'Restore the rule of CollectorTraffic.'),
        found: rule.properties,
      };
    });
  if (rules.length > 0) return findings;
  return [finding(fleet, 'rule', 'the listener rules', 'a rule that forwards hits to the fleet', 'Restore the rule of CollectorTraffic.')];
}

/** Nothing else answers for the collectors on the paths of hits, and the default of a listener is not theirs. */
function otherRouteFindings(fleet: Resource, target: Resource, assembly: Assembly): readonly Finding[] {
  const rules = assembly.ofType(ruleType);
  const own = rules.filter((rule) => forwardsTo(rule, target, assembly));
  const isBefore = (rule: Resource, of: Resource): boolean =>
    assembly.target(rule.at('ListenerArn'), rule.stack) === assembly.target(of.at('ListenerArn'), of.stack) &&
    !(Number(rule.at('Priority')) > Number(of.at('Priority')));
  const before = rules.filter((rule) => !own.includes(rule) && mayBeOfHits(rule) && own.some((one) => isBefore(rule, one)));
  const byDefault = assembly.ofType(listenerType).filter((listener) => forwardsTo(listener, target, assembly, 'DefaultActions'));
  return [...before, ...byDefault].map((one) => {
    const required = `nothing else that answers ${paths.join(', ')}, and no other path of collectors`;
    return { ...finding(fleet, `taken::${one.logicalId}`, one.logicalId, required, 'Give it other paths.'), found: one.properties };
  });
}

/** Whether a rule may match a path of hits: it does unless its path patterns say that it does not. */
function mayBeOfHits(rule: Resource): boolean {
  const patterns = listOf(rule.at('Conditions')).map((condition) => valueAt(condition, 'PathPatternConfig.Values'));
  return patterns.every(
    (values) => values === undefined || listOf(values).some((value) => paths.some((path) => matchesPattern(path, value))),
  );
}

/** As path patterns match: `*` any text, `?` one character. Anything else than text may match. */
function matchesPattern(path: string, pattern: Json): boolean {
  if (typeof pattern !== 'string') return true;
  const parts = [...pattern].map((c) => (c === '*' ? '.*' : c === '?' ? '.' : c.replace(/[.+^$(){}|[\]\\/]/, '\\$&')));
  return new RegExp(`^${parts.join('')}$`).test(path);
}

/** Nothing but the load balancer: its group is the only one that the collectors' group admits. */
function reachFindings(fleet: Resource, assembly: Assembly): readonly Finding[] {
  const group = groupOf(fleet, assembly);
  if (!group)
    return [finding(fleet, 'group', 'Properties.LaunchTemplate', 'a security group of the deployment', 'Give the template one group.')];
  const peers = peersOf(group, assembly);
  const strangers = peers.filter(({ group: peer, isGroup }) => !isGroup || !isOfBalancer(peer, assembly));
  const findings = strangers.map(({ by }) => ({
    ...finding(fleet, `admits::${by}`, by, 'the security group of the load balancer', 'Admit proxies alone.'),
  }));
  return peers.length > 0 ? findings : [finding(fleet, 'closed', group.logicalId, 'ingress from the load balancer', 'Admit proxies.')];
}

interface Peer {
  readonly by: string;
  readonly group: Resource | undefined;
  /** Whether it is a security group and nothing else. */
  readonly isGroup: boolean;
}

const ranges = ['CidrIp', 'CidrIpv6', 'SourcePrefixListId'];

function peersOf(group: Resource, assembly: Assembly): readonly Peer[] {
  const own = listOf(group.at('SecurityGroupIngress')).map((entry, index) => ({
    by: `SecurityGroupIngress.${index}`,
    group: isObject(entry) ? assembly.target(entry.SourceSecurityGroupId, group.stack) : undefined,
    isGroup: isObject(entry) && ranges.every((name) => entry[name] === undefined),
  }));
  const beside = assembly.ofType(ingressType).filter((rule) => assembly.refersTo(rule.at('GroupId'), rule, group));
  return [
    ...own,
    ...beside.map((rule) => ({
      by: rule.logicalId,
      group: assembly.target(rule.at('SourceSecurityGroupId'), rule.stack),
      isGroup: ranges.every((name) => rule.at(name) === undefined),
    })),
  ];
}

function isOfBalancer(group: Resource | undefined, assembly: Assembly): boolean {
  return assembly
    .ofType(balancerType)
    .some((balancer) =>
      listOf(balancer.at('SecurityGroups')).some((value) => group !== undefined && assembly.refersTo(value, balancer, group)),
    );
}

function groupOf(fleet: Resource, assembly: Assembly): Resource | undefined {
  const template = templateOf(fleet, assembly);
  const value = groupValue(fleet, assembly);
  const target = template && assembly.target(value, template.stack);
  return target?.type === groupType ? target : undefined;
}

function groupValue(fleet: Resource, assembly: Assembly): Json | undefined {
  const template = templateOf(fleet, assembly);
  return template && securityGroupsOf(template)[0]?.value;
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

function isForHits(rule: Resource, assembly: Assembly): boolean {
  const conditions = listOf(rule.at('Conditions'));
  const values = listOf(valueAt(conditions[0], 'PathPatternConfig.Values')).map(String);
  const listener = assembly.target(rule.at('ListenerArn'), rule.stack);
  return (
    conditions.length === 1 &&
    values.toSorted().join() === paths.join() &&
    listener?.type === listenerType &&
    listener.at('Protocol') === 'HTTPS'
  );
}

const collectingFleets = (assembly: Assembly): readonly Resource[] => assembly.ofType(fleetType).filter(isCollecting);

function takesHits(target: Resource, assembly: Assembly): boolean {
  return collectingFleets(assembly).some((fleet) =>
    listOf(fleet.at('TargetGroupARNs')).some((value) => assembly.refersTo(value, fleet, target)),
  );
}

function leadsToHits(rule: Resource, assembly: Assembly): boolean {
  return assembly.ofType(targetsType).some((target) => takesHits(target, assembly) && forwardsTo(rule, target, assembly));
}

function hearsHits(listener: Resource, assembly: Assembly): boolean {
  return assembly.ofType(ruleType).some((rule) => leadsToHits(rule, assembly) && assembly.refersTo(rule.at('ListenerArn'), rule, listener));
}

function admitsToCollectors(rule: Resource, assembly: Assembly): boolean {
  return collectingFleets(assembly).some((fleet) => {
    const group = groupOf(fleet, assembly);
    return group !== undefined && assembly.refersTo(rule.at('GroupId'), rule, group);
  });
}
