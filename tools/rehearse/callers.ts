// The callers of the rehearsed calls: each role with its policies, its boundary, its network, and where calls start.
import { type Assembly, type Json, type JsonObject, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import { endpointType, functionType, managedPolicyType, serverTemplateType } from '../../lib/tom/template/resource-types';
import type { CallerInVpc } from './endpoints';
import { originsOf, personOf } from './people-origins';
import type { NamedPolicy } from './simulator';
import type { StandIn } from './stand-in';

export interface Caller {
  readonly name: string;
  readonly arn: string;
  readonly policies: readonly NamedPolicy[];
  readonly boundary: NamedPolicy | undefined;
  /** Keys of the requests of people: the network of the session. */
  readonly session: Readonly<Record<string, string>>;
  /** What calls in the VPC with the role; its calls pass the endpoints. @default - nothing */
  readonly inVpc?: CallerInVpc | undefined;
}

/** A role as a caller; people call from the first of their origins. */
export function callerOf(role: Resource, standIn: StandIn): Caller {
  const { assembly } = standIn;
  const name = nameOf(role, assembly.facts);
  const person = personOf(name);
  const [origin] = person ? originsOf(person, standIn) : [];
  return {
    name,
    arn: standIn.arnOf(role),
    policies: policiesOf(role, standIn),
    boundary: boundaryOf(role, standIn),
    session: origin?.context ?? {},
    inVpc: assembly.ofType(endpointType).length > 0 ? (origin?.inVpc ? 'person' : programOf(role, assembly)) : undefined,
  };
}

/** Types of policies that a template attaches to roles, with the property that names the roles. */
const attached = [
  [managedPolicyType, 'Roles'],
  ['AWS::IAM::Policy', 'Roles'],
  ['AWS::IAM::RolePolicy', 'RoleName'],
] as const;

/** The identity policies of a role, in each way in which a template gives it one. */
export function policiesOf(role: Resource, standIn: StandIn): readonly NamedPolicy[] {
  const { assembly } = standIn;
  const named = attached.flatMap(([type, property]) =>
    assembly.ofType(type).filter((policy) => listOf(policy.at(property)).some((target) => assembly.refersTo(target, policy, role))),
  );
  const listed = assembly
    .ofType(managedPolicyType)
    .filter((policy) => listOf(role.at('ManagedPolicyArns')).some((target) => assembly.refersTo(target, role, policy)));
  return [...[...new Set([...named, ...listed])].map((policy) => documentOf(policy, standIn)), ...inlinePolicies(role, standIn)];
}

/** Policies that a role takes from outside the templates, as they are written. */
export const foreignPolicies = (role: Resource, { assembly }: StandIn): readonly Json[] =>
  listOf(role.at('ManagedPolicyArns')).filter(
    (target) => !assembly.ofType(managedPolicyType).some((policy) => assembly.refersTo(target, role, policy)),
  );

/**
 * The program in the VPC that has a role: a function with a VPC, itself or in sessions of the role, or a server by its
 * instance profile.
 */
function programOf(role: Resource, assembly: Assembly): CallerInVpc | undefined {
  const trusting = listOf(role.at('AssumeRolePolicyDocument.Statement')).flatMap((statement) =>
    listOf(valueAt(statement, 'Principal.AWS')),
  );
  const trusted = trusting.flatMap((principal) => assembly.target(principal, role.stack) ?? []);
  if (trusted.some((one) => programOf(one, assembly) === 'function')) return 'function';
  const refersTo = (type: string, path: string, target: Resource): readonly Resource[] =>
    assembly.ofType(type).filter((from) => listOf(from.at(path)).some((value) => assembly.refersTo(value, from, target)));
  if (refersTo(functionType, 'Role', role).some((holder) => holder.at('VpcConfig') !== undefined)) return 'function';
  const profiles = refersTo('AWS::IAM::InstanceProfile', 'Roles', role);
  const paths = ['LaunchTemplateData.IamInstanceProfile.Arn', 'LaunchTemplateData.IamInstanceProfile.Name'];
  const isUsed = profiles.some((profile) => paths.some((path) => refersTo(serverTemplateType, path, profile).length > 0));
  return isUsed ? 'server' : undefined;
}

/** The permissions boundary of a role; `undefined` without one. */
export function boundaryOf(role: Resource, standIn: StandIn): NamedPolicy | undefined {
  const name = /:policy\/(.+)$/.exec(String(standIn.properties(role).PermissionsBoundary))?.[1];
  const policies = standIn.assembly.ofType(managedPolicyType);
  const boundary = policies.find((policy) => standIn.properties(policy).ManagedPolicyName === name);
  return boundary && documentOf(boundary, standIn);
}

const documentOf = (policy: Resource, standIn: StandIn): NamedPolicy => ({
  name: nameOf(policy, standIn.assembly.facts),
  policy: standIn.properties(policy).PolicyDocument ?? null,
});

function inlinePolicies(role: Resource, standIn: StandIn): readonly NamedPolicy[] {
  const { Policies }: JsonObject = standIn.properties(role);
  return listOf(Policies).map((policy, index) => ({
    name: `${nameOf(role, standIn.assembly.facts)} Policies.${index}`,
    policy: valueAt(policy, 'PolicyDocument') ?? null,
  }));
}
