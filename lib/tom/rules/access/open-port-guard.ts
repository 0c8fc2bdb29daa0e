// DSS-5.6.3: a function closes security groups that are opened to the internet within minutes, and reports them.
import { type Finding, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, listOf, type Resource } from '../../template/assembly';
import { controlFunctionOf } from '../../template/functions';
import { isPublic } from '../../template/load-balancers';
import { balancerType, eventRuleType, securityGroupType, vpcType } from '../../template/resource-types';
import { newResource } from '../bypass';
import { type RequiredRuns, runFindings, runGuards, runReads } from '../control-run-findings';

/** Longest time without a completed run before an alarm, in seconds. */
export const longestGap = 1800;

/** Calls that can open a group, each of which starts the function. */
const openingCalls = ['AuthorizeSecurityGroupIngress', 'CreateSecurityGroup', 'ModifyManagedPrefixList', 'ModifySecurityGroupRules'];

/** The runs that guard one VPC. */
const runsFor = (isGuarded: (vpc: Resource) => boolean): RequiredRuns => ({
  control: 'open-port-guard',
  variables: [
    {
      ...{ name: 'VPC', required: 'the VPC of the deployment', wrong: ['vpc-elsewhere'] },
      holds: (value, lambda, assembly) => assembly.ofType(vpcType).some((vpc) => isGuarded(vpc) && assembly.refersTo(value, lambda, vpc)),
    },
    {
      ...{ name: 'PROXY_GROUP', required: 'the security group of the proxies', wrong: ['sg-elsewhere'] },
      holds: (value, lambda, assembly) => proxyGroups(assembly).some((group) => assembly.refersTo(value, lambda, group)),
    },
  ],
  trigger: eventRuleType,
  interval: 300,
  gap: longestGap,
});

const runs = runsFor(() => true);

const fix = 'Create OpenPortGuard in the access stack.';

export const openPortGuard: Rule = {
  name: 'open-port-guard',
  requires: 'every VPC has a function that closes opened security groups at each change and every 5 minutes',
  types: [vpcType],
  check(vpc, assembly) {
    return [
      ...runFindings(
        runsFor((guarded) => guarded === vpc),
        assembly,
        fix,
      ),
      ...eventFindings(assembly),
    ];
  },
  guards: [
    ...runGuards(runs),
    guardWhere(eventRuleType, startsGuard, 'Properties.EventPattern', remove, replace({ source: ['aws.s3'] })),
    guardWhere(eventRuleType, startsGuard, 'Properties.EventPattern.source', replace(['aws.s3'])),
    guardWhere(eventRuleType, startsGuard, 'Properties.EventPattern.detail-type', replace(['EC2 Instance State-change Notification'])),
    guardWhere(eventRuleType, startsGuard, 'Properties.EventPattern.detail.eventName', replace(['CreateVpc'])),
  ],
  bypasses: [{ name: 'a VPC without a guard', resources: { Vpc2: newResource(vpcType) } }],
  reads: [...runReads(eventRuleType), ...['Scheme', 'SecurityGroups'].map((name) => ({ type: balancerType, path: `Properties.${name}` }))],
};

/** The security groups of internet-facing load balancers. */
function proxyGroups(assembly: Assembly): readonly Resource[] {
  const balancers = assembly.ofType(balancerType).filter(isPublic);
  const isNamed = (group: Resource): boolean =>
    balancers.some((balancer) => listOf(balancer.at('SecurityGroups')).some((value) => assembly.refersTo(value, balancer, group)));
  return assembly.ofType(securityGroupType).filter(isNamed);
}

function startsGuard(rule: Resource, assembly: Assembly): boolean {
  const lambda = controlFunctionOf(runs.control, assembly);
  const targets = listOf(rule.at('Targets')).map((target) => (isObject(target) ? target.Arn : undefined));
  return lambda !== undefined && targets.some((arn) => assembly.refersTo(arn, rule, lambda));
}

/** A rule starts the function at each call that can open a group. ("AWS API Call via CloudTrail") */
function eventFindings(assembly: Assembly): readonly Finding[] {
  const rules = assembly.ofType(eventRuleType).filter((rule) => startsGuard(rule, assembly));
  const required = `an event pattern of EC2 with ${openingCalls.join(', ')}`;
  return rules.some(readsOpenings) ? [] : [{ id: 'events', path: `the trigger of ${runs.control}`, found: undefined, required, fix }];
}

function readsOpenings(rule: Resource): boolean {
  const isOnly = (path: string, value: string): boolean => JSON.stringify(rule.at(`EventPattern.${path}`)) === JSON.stringify([value]);
  const names = listOf(rule.at('EventPattern.detail.eventName'));
  return (
    isOnly('source', 'aws.ec2') &&
    isOnly('detail-type', 'AWS API Call via CloudTrail') &&
    openingCalls.every((name) => names.includes(name))
  );
}
