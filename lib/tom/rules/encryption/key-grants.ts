// TOM-5.5, TOM-7.4: the use of a key is granted by AWS services for resources alone, and never by anybody to anybody.
import { append, type Finding, type Guard, guard, type Rule, remove, replace, set } from '../../rule';
import { isObject, type Resource } from '../../template/assembly';
import { conditionsAre, coversActions, type Statement, statementsOf } from '../../template/policies';

const keyType = 'AWS::KMS::Key';
const grant = 'kms:CreateGrant';

/** What an AWS service asks for in a caller's name, and what it asks for as itself ("AWS KMS condition keys"; CT.KMS.PV.1 of Control Tower). */
const notByService = [
  { operator: 'Bool', key: 'kms:GrantIsForAWSResource', value: 'false' },
  { operator: 'Bool', key: 'aws:PrincipalIsAWSService', value: 'false' },
] as const;

export const keyGrants: Rule = {
  name: 'key-grants',
  requires:
    'the policy of every customer-managed key denies grants to everybody, written as {"AWS": "*"}, except those that an AWS service makes for a resource',
  types: [keyType],
  check(key) {
    return [...(statements(key).some(isDenial) ? [] : [missing(key)]), ...statements(key).filter(deniesServices).map(tooWide)];
  },
  guards: [
    guard(keyType, denial(''), remove),
    guard(keyType, denial('.Effect'), remove, replace('Allow')),
    guard(keyType, denial('.Principal'), remove, replace({ AWS: 'arn:aws:iam::111111111111:root' }), replace('*')),
    guard(keyType, denial('.Action'), remove, replace('kms:RetireGrant')),
    guard(keyType, denial('.Resource'), remove, replace('arn:aws:kms:eu-west-3:111111111111:key/other')),
    guard(keyType, denial('.Condition'), set({ StringEquals: { 'aws:PrincipalTag/role': 'workload' } }), remove),
    ...notByService.map(({ operator, key }) => guard(keyType, denial(`.Condition.${operator}.${key}`), remove, replace('true'))),
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
      name: 'a key of which anybody with rights grants the use',
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

const deniesGrants = (statement: Statement): boolean => statement.effect === 'Deny' && coversActions(statement, [grant]);

/** The one denial that is asked for. */
function isDenial(statement: Statement): boolean {
  const { Principal: principal } = statement.json;
  const everybody = isObject(principal) && Object.keys(principal).length === 1 && principal.AWS === '*';
  return everybody && deniesGrants(statement) && statement.resources.includes('*') && conditionsAre(statement, notByService);
}

/** Any other denial of grants may refuse what a disk, the database or a function needs. */
const deniesServices = (statement: Statement): boolean => deniesGrants(statement) && !isDenial(statement);

function missing(key: Resource): Finding {
  const required = `a denial of ${grant} to {"AWS": "*"} unless an AWS service makes the grant for a resource`;
  return {
    id: 'grants',
    path: 'Properties.KeyPolicy',
    found: key.at('KeyPolicy'),
    required,
    fix: 'Build a RotatedKey, whose policy has it.',
  };
}

function tooWide({ path, json }: Statement): Finding {
  const required = `no other denial of ${grant}, which may refuse AWS services`;
  return { id: `denied::${path}`, path: `Properties.${path}`, found: json, required, fix: 'Name the actions that are meant.' };
}

function denial(below: string): Exclude<Guard['path'], string> {
  return (key) =>
    statements(key)
      .filter(isDenial)
      .map(({ path }) => `Properties.${path}${below}`);
}
