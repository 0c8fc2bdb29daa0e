// TOM-5.5, TOM-7.4: AWS services create grants on a key for resources; no other principal creates grants.
import { append, type Finding, type Guard, guard, type Rule, remove, replace, set } from '../../rule';
import { isObject, type Resource } from '../../template/assembly';
import { conditionsAre, coversActions, type Statement, statementsOf } from '../../template/policies';
import { keyType } from '../../template/resource-types';

const grantAction = 'kms:CreateGrant';

/**
 * Conditions that except the grants of AWS services: those on behalf of a caller, and those of the service itself
 * ("AWS KMS condition keys"; CT.KMS.PV.1 of Control Tower).
 */
const serviceExceptions = [
  { operator: 'Bool', key: 'kms:GrantIsForAWSResource', value: 'false' },
  { operator: 'Bool', key: 'aws:PrincipalIsAWSService', value: 'false' },
] as const;

export const keyGrants: Rule = {
  name: 'key-grants',
  requires: 'every key policy denies grants to every AWS principal, except grants by an AWS service for a resource',
  types: [keyType],
  check(key) {
    return [...(statements(key).some(isDenial) ? [] : [missingDenial(key)]), ...statements(key).filter(deniesServices).map(otherDenial)];
  },
  guards: [
    guard(keyType, denialPaths(''), remove),
    guard(keyType, denialPaths('.Effect'), remove, replace('Allow')),
    guard(keyType, denialPaths('.Principal'), remove, replace({ AWS: 'arn:aws:iam::111111111111:root' }), replace('*')),
    guard(keyType, denialPaths('.Action'), remove, replace('kms:RetireGrant')),
    guard(keyType, denialPaths('.Resource'), remove, replace('arn:aws:kms:eu-west-3:111111111111:key/other')),
    guard(keyType, denialPaths('.Condition'), set({ StringEquals: { 'aws:PrincipalTag/role': 'workload' } }), remove),
    ...serviceExceptions.map(({ operator, key }) => guard(keyType, denialPaths(`.Condition.${operator}.${key}`), remove, replace('true'))),
    guard(
      keyType,
      'Properties.KeyPolicy.Statement',
      append({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'kms:*',
        Resource: '*',
        Condition: { Bool: { 'aws:ViaAWSService': 'true' } },
      }),
    ),
  ],
  bypasses: [
    {
      name: 'a key without a denial of grants',
      resources: {
        Granted: {
          Type: keyType,
          Properties: { KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'x' }, Action: 'kms:*', Resource: '*' }] } },
        },
      },
    },
  ],
};

const statements = (key: Resource): readonly Statement[] => statementsOf(key.at('KeyPolicy'), 'KeyPolicy');

const deniesGrants = (statement: Statement): boolean => statement.effect === 'Deny' && coversActions(statement, [grantAction]);

/** Whether a statement is the required denial. */
function isDenial(statement: Statement): boolean {
  const { Principal: principal } = statement.json;
  const isEveryPrincipal = isObject(principal) && Object.keys(principal).length === 1 && principal.AWS === '*';
  return isEveryPrincipal && deniesGrants(statement) && statement.resources.includes('*') && conditionsAre(statement, serviceExceptions);
}

/** Any other denial of grants can deny a grant that a volume, a database or a function needs. */
const deniesServices = (statement: Statement): boolean => deniesGrants(statement) && !isDenial(statement);

function missingDenial(key: Resource): Finding {
  const required = `a denial of ${grantAction} to {"AWS": "*"} unless an AWS service creates the grant for a resource`;
  return {
    id: 'grants',
    path: 'Properties.KeyPolicy',
    found: key.at('KeyPolicy'),
    required,
    fix: 'Create the key with RotatedKey, whose policy contains the denial.',
  };
}

function otherDenial({ path, json }: Statement): Finding {
  const required = `no other denial of ${grantAction}, which can affect AWS services`;
  return { id: `denied::${path}`, path: `Properties.${path}`, found: json, required, fix: 'List the denied actions, without the grant.' };
}

function denialPaths(below: string): Exclude<Guard['path'], string> {
  return (key) =>
    statements(key)
      .filter(isDenial)
      .map(({ path }) => `Properties.${path}${below}`);
}
