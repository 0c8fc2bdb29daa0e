// Part 3 of the rehearsal, order: the roles that policies name exist when the services check the policies.
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import { bucketPolicyType, keyType, roleType } from '../../lib/tom/template/resource-types';
import type { CreationOrder } from './creation-order';
import type { Row } from './row';
import { StandIn } from './stand-in';

/**
 * Types whose policies are refused if they name an absent principal, with the property of the policy. KMS also refuses
 * a principal that was created just before ("AWS KMS API Reference", CreateKey, Policy: "you might need to enforce a
 * delay").
 */
const checked = [
  { type: keyType, property: 'KeyPolicy', refusesNew: true },
  { type: bucketPolicyType, property: 'PolicyDocument', refusesNew: false },
  { type: 'AWS::SQS::QueuePolicy', property: 'PolicyDocument', refusesNew: false },
  { type: 'AWS::SNS::TopicPolicy', property: 'PolicyDocument', refusesNew: false },
  { type: 'AWS::SecretsManager::ResourcePolicy', property: 'ResourcePolicy', refusesNew: false },
  { type: roleType, property: 'AssumeRolePolicyDocument', refusesNew: false },
] as const;

/** A row for each policy that names a role of the deployment. */
export function principalRows(assembly: Assembly, graph: CreationOrder): readonly Row[] {
  const standIn = new StandIn(assembly);
  const roles = [...assembly.ofType(roleType), ...assembly.ofType('AWS::IAM::ServiceLinkedRole')].map(
    (role) => [withoutAccount(standIn.arnOf(role)), role] as const,
  );
  return checked.flatMap(({ type, property, refusesNew }) =>
    assembly.ofType(type).flatMap((resource) => {
      const named = principalsOf(standIn.properties(resource)[property]).map(withoutAccount);
      const own = roles.filter(([arn, role]) => role !== resource && named.includes(arn)).map(([, role]) => role);
      return own.map((role) => rowOf(resource, role, refusesNew, assembly, graph));
    }),
  );
}

function rowOf(resource: Resource, role: Resource, refusesNew: boolean, assembly: Assembly, graph: CreationOrder): Row {
  const [subject, name] = [resource, role].map((each) => nameOf(each, assembly.facts)) as [string, string];
  const isNew = refusesNew && role.stack === resource.stack;
  if (graph.isBefore(role, resource) && !isNew) return { part: 'order', subject, outcome: 'ok', detail: `its policy names ${name}` };
  const detail = isNew
    ? `its policy names ${name}: expected a role of an earlier stack, got one of the same stack; KMS refuses a role that is seconds old`
    : `its policy names ${name}: expected the role before it, got no order between them`;
  return { part: 'order', subject, outcome: 'refused', detail, fix: 'create the role in a stack that is deployed before' };
}

/** Configured accounts are written out, the stand-in's own is not. */
const withoutAccount = (arn: string): string => arn.replace(/^(arn:aws:iam::)\d{12}:/, '$1:');

const principalsOf = (policy: Json | undefined): readonly string[] =>
  listOf(valueAt(policy ?? {}, 'Statement'))
    .filter(isObject)
    .flatMap((statement) => listOf(valueAt(statement, 'Principal.AWS')))
    .map(String);
