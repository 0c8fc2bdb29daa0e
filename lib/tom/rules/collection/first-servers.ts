// TOM-6.1: a first deployment fails if its servers do not become healthy.

import { firstServersType } from '../../../config/custom-resource-types';
import { type Finding, finding, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { isCollecting, numberIn } from '../../template/fleets';
import { variableOf } from '../../template/functions';
import { fleetType, functionType, targetGroupType } from '../../template/resource-types';

/** Variables of lambda/collection/first-servers/env.ts. */
const serversVariable = 'SERVERS';
const targetGroupVariable = 'TARGET_GROUP';

/** Healthy servers that the function waits for at least, as many as a fleet has. */
export const minimumServers = 2;

export const firstServers: Rule = {
  name: 'first-servers',
  requires: 'the stack of every collector fleet waits until at least two servers are healthy behind the load balancer',
  types: [fleetType],
  check: (fleet, assembly) => (isCollecting(fleet) ? waitFindings(fleet, assembly) : 'not-applicable'),
  guards: [
    guard(firstServersType, '', remove),
    guard(firstServersType, 'Properties.Fleet', remove, replace('production-collectors')),
    guard(firstServersType, 'Properties.TargetGroup', remove, replace('arn:aws:elasticloadbalancing:x')),
    guard(firstServersType, 'Properties.ServiceToken', remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guardWhere(functionType, isWaitFunction, `Properties.Environment.Variables.${serversVariable}`, remove, replace('1'), replace('none')),
    guardWhere(
      functionType,
      isWaitFunction,
      `Properties.Environment.Variables.${targetGroupVariable}`,
      remove,
      replace('arn:aws:elasticloadbalancing:x'),
    ),
  ],
  bypasses: [
    {
      name: 'a fleet without a wait for its servers',
      beside: fleetType,
      resources: (beside) => ({
        Later: { Type: fleetType, Properties: { ...beside.properties, TargetGroupARNs: [{ Ref: 'Others' }] } },
        Others: { Type: targetGroupType, Properties: {} },
      }),
    },
  ],
  reads: [
    { type: fleetType, path: 'Properties.Tags' },
    { type: fleetType, path: 'Properties.TargetGroupARNs' },
    { type: functionType, path: 'Properties.Environment' },
  ],
};

function waitFindings(fleet: Resource, assembly: Assembly): readonly Finding[] {
  if (assembly.ofType(firstServersType).some((resource) => waitsFor(resource, fleet, assembly))) return [];
  const required = `a ${firstServersType} with the fleet, its target group and a function that waits for at least ${minimumServers} servers`;
  return [missingWait(fleet, required)];
}

const missingWait = (fleet: Resource, required: string): Finding =>
  finding(fleet, 'awaited', `the ${firstServersType} of the fleet`, required, 'Create FirstServers in the stack of the fleet.');

/**
 * Whether a resource waits for the servers of a fleet: it refers to the fleet, so that CloudFormation creates it after
 * the fleet, and to the fleet's target group.
 */
function waitsFor(resource: Resource, fleet: Resource, assembly: Assembly): boolean {
  const group = assembly.target(listOf(fleet.at('TargetGroupARNs'))[0], fleet.stack);
  const lambda = assembly.target(resource.at('ServiceToken'), resource.stack);
  return (
    group?.type === targetGroupType &&
    resource.stack === fleet.stack &&
    assembly.refersTo(resource.at('Fleet'), resource, fleet) &&
    assembly.refersTo(resource.at('TargetGroup'), resource, group) &&
    lambda?.type === functionType &&
    assembly.refersTo(variableOf(lambda, targetGroupVariable), lambda, group) &&
    (numberIn(variableOf(lambda, serversVariable)) ?? 0) >= minimumServers
  );
}

function isWaitFunction(lambda: Resource, assembly: Assembly): boolean {
  return assembly.ofType(firstServersType).some((resource) => assembly.refersTo(resource.at('ServiceToken'), resource, lambda));
}
