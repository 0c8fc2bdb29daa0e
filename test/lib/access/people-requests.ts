// Requests of people, evaluated by AWS's policy logic on the templates of production.
import { type PeopleRole, peopleRoles } from '../../../lib/config/names';
import type { Json } from '../../../lib/tom/template/assembly';
import { peopleRoleId } from '../../../lib/tom/world/people-roles';
import { boundaryOf } from '../../../tools/rehearse/callers';
import { policyOfResource } from '../../../tools/rehearse/resource-policies';
import { evaluateRequest, type NamedPolicy } from '../../../tools/rehearse/simulator';
import { StandIn } from '../../../tools/rehearse/stand-in';
import { facts, production } from '../../tools/rehearse/production';

export const standIn = new StandIn(production);
export const region = facts.region;

interface Person {
  readonly arn: string;
  readonly permissions: readonly NamedPolicy[];
  readonly boundary: NamedPolicy | undefined;
  readonly trust: Json;
}

function personOf(role: PeopleRole): Person {
  const resource = standIn.resource(`${peopleRoleId(role)}Role`);
  const policy = standIn.resource(`${peopleRoleId(role)}Permissions`);
  if (!resource || !policy) throw new Error(`${role}: expected a role and its permissions in production, got none`);
  return {
    arn: standIn.arnOf(resource),
    permissions: [{ name: role, policy: standIn.properties(policy).PolicyDocument as Json }],
    boundary: boundaryOf(resource, standIn),
    trust: standIn.properties(resource).AssumeRolePolicyDocument as Json,
  };
}

export const people = Object.fromEntries(peopleRoles.map((role) => [role, personOf(role)])) as Record<PeopleRole, Person>;

/** Networks that a request comes from: servers and functions call the internet from a NAT gateway. */
const nat = String(standIn.concrete('${network/NatAddress2.PublicIp}'));
const vpc = String(standIn.concrete('${network/Vpc}'));
export const networks = {
  office: { 'aws:SourceIp': '192.0.2.17' },
  'a NAT gateway': { 'aws:SourceIp': nat },
  vpn: { 'aws:SourceVpc': vpc, 'aws:VpcSourceIp': '10.64.40.9' },
  management: { 'aws:SourceVpc': vpc, 'aws:VpcSourceIp': '192.168.40.7' },
  'another VPC': { 'aws:SourceVpc': 'vpc-0fedcba9876543210', 'aws:VpcSourceIp': '192.168.40.7' },
  elsewhere: { 'aws:SourceIp': '203.0.113.254' },
} as const;
export type Network = keyof typeof networks;
export type Context = Readonly<Record<string, string>>;

export async function mayDo(role: PeopleRole, action: string, resource: string, from: Network, context: Context = {}): Promise<boolean> {
  const { arn, permissions, boundary } = people[role];
  const { allowed } = await evaluateRequest({
    ...{ principal: arn, action, resource, identityPolicies: permissions, boundary, resourcePolicy: policyOfResource(resource, standIn) },
    context: { 'aws:RequestedRegion': region, 'aws:ViaAWSService': 'false', 'aws:PrincipalArn': arn, ...networks[from], ...context },
  });
  return allowed;
}
