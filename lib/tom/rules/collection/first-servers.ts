// TOM-6.1: a first deployment whose servers do not come up fails.

import { firstServersType } from '../../../config/custom-resource-types';
import { type Finding, finding, guard, guardWhere, type Rule, remove, replace, type Verdict } from '../../rule';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { fleetType, isCollecting, numberIn } from '../../template/fleets';
import { variableOf } from '../../template/functions';

const lambdaType = 'AWS::Lambda::Function';
const targetsType = 'AWS::ElasticLoadBalancingV2::TargetGroup';

/** The variables of lambda/collection/first-servers/env.ts. */
const servers = 'SERVERS';
const targets = 'TARGET_GROUP';

/** A fleet is one from two servers on. */
const least = 2;

export const firstServers: Rule = {
  name: 'first-servers',
  requires:
    'every fleet that takes hits has a resource of its stack that is there only when a function has found at least two of its servers healthy behind the load balancer',
  types: [fleetType],
  check: (fleet, assembly) => (isCollecting(fleet) ? awaited(fleet, assembly) : 'not-applicable'),
  guards: [
    guard(firstServersType, '', remove),
    guard(firstServersType, 'Properties.Fleet', remove, replace('production-collectors')),
    guard(firstServersType, 'Properties.TargetGroup', remove, replace('arn:aws:elasticloadbalancing:x')),
    guard(firstServersType, 'Properties.ServiceToken', remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guardWhere(lambdaType, waits, `Properties.Environment.Variables.${servers}`, remove, replace('1'), replace('none')),
    guardWhere(lambdaType, waits, `Properties.Environment.Variables.${targets}`, remove, replace('arn:aws:elasticloadbalancing:x')),
  ],
  bypasses: [
    {
      name: 'a fleet that nobody waits for',
      beside: fleetType,
      resources: (beside) => ({
        Later: { Type: fleetType, Properties: { ...beside.properties, TargetGroupARNs: [{ Ref: 'Others' }] } },
        Others: { Type: targetsType, Properties: {} },
      }),
    },
  ],
  reads: [
    { type: fleetType, path: 'Properties.Tags' },
    { type: fleetType, path: 'Properties.TargetGroupARNs' },
    { type: lambdaType, path: 'Properties.Environment' },
  ],
};

function awaited(fleet: Resource, assembly: Assembly): Verdict {
  if (assembly.ofType(firstServersType).some((resource) => awaits(resource, fleet, assembly))) return [];
  const required = `a ${firstServersType} that names the fleet and its target group, by a function that waits for ${least} servers or more`;
  return [noWait(fleet, required)];
}

const noWait = (fleet: Resource, required: string): Finding =>
  finding(fleet, 'awaited', `the ${firstServersType} of the fleet`, required, 'Build FirstServers beside the fleet.');

/** The resource refers to the fleet, so that CloudFormation makes it after the fleet, and looks at the group that the fleet is in. */
function awaits(resource: Resource, fleet: Resource, assembly: Assembly): boolean {
  const group = assembly.target(listOf(fleet.at('TargetGroupARNs'))[0], fleet.stack);
  const lambda = assembly.target(resource.at('ServiceToken'), resource.stack);
  return (
    group?.type === targetsType &&
    resource.stack === fleet.stack &&
    assembly.refersTo(resource.at('Fleet'), resource, fleet) &&
    assembly.refersTo(resource.at('TargetGroup'), resource, group) &&
    lambda?.type === lambdaType &&
    assembly.refersTo(variableOf(lambda, targets), lambda, group) &&
    (numberIn(variableOf(lambda, servers)) ?? 0) >= least
  );
}

function waits(lambda: Resource, assembly: Assembly): boolean {
  return assembly.ofType(firstServersType).some((resource) => assembly.refersTo(resource.at('ServiceToken'), resource, lambda));
}
