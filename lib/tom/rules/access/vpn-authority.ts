// TOM-3.2, DSS-5.6.5: the key of the VPN's authority signs for the IT team and for the renewal of the list alone.
import { append, type Finding, finding, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { controlFunctionOf } from '../../template/functions';
import { textList } from '../../template/policies';
import { functionType, keyType, logGroupType } from '../../template/resource-types';

const fix = 'Create the key with SigningKey of lib/encryption/signing-key.ts.';

export const vpnAuthority: Rule = {
  name: 'vpn-authority',
  requires: 'a key that signs for the VPN is RSA 2048 in AWS KMS, is retained, and admits the authority alone',
  types: [keyType],
  check(key, assembly) {
    if (!isAuthority(key)) return 'not-applicable';
    const findings: Finding[] = [];
    const object = (id: string, path: string, required: string) => void findings.push(finding(key, id, path, required, fix));
    // "Mutual authentication in AWS Client VPN".
    if (key.at('KeySpec') !== 'RSA_2048') object('spec', 'Properties.KeySpec', 'RSA_2048, which Client VPN accepts');
    // KMS fixes it at the creation; the recovery region can hold a replica of such a key alone.
    if (key.at('MultiRegion') !== true) object('multi-region', 'Properties.MultiRegion', 'true');
    for (const policy of ['DeletionPolicy', 'UpdateReplacePolicy'] as const)
      if (key.json[policy] !== 'Retain') object(policy, policy, 'Retain');
    if (!limitsSigners(key, assembly)) object('signers', 'Properties.KeyPolicy', 'a denial of kms:Sign to all but the authority');
    return findings;
  },
  guards: [
    guardWhere(keyType, isAuthority, 'Properties.KeySpec', remove, replace('RSA_4096')),
    guardWhere(keyType, isAuthority, 'Properties.MultiRegion', remove, replace(false)),
    guardWhere(keyType, isAuthority, 'DeletionPolicy', remove, replace('Delete')),
    guardWhere(keyType, isAuthority, 'UpdateReplacePolicy', remove, replace('Delete')),
    ...(['Action', 'Effect', 'Principal', 'Condition'] as const).map((name) =>
      guardWhere(keyType, isAuthority, denials(`.${name}`), remove, replace('other')),
    ),
    guardWhere(
      keyType,
      isAuthority,
      denials('.Condition.ArnNotLike.aws:PrincipalArn'),
      replace('*'),
      append('arn:aws:iam::111122223333:role/another'),
    ),
  ],
  reads: [
    { type: keyType, path: 'Properties' },
    ...['LoggingConfig', 'Role'].map((name) => ({ type: functionType, path: `Properties.${name}` })),
    { type: logGroupType, path: 'Properties.LogGroupName' },
  ],
};

/** The only key that signs with RSA is that of the VPN's authority. */
export function isAuthority(key: Resource): boolean {
  return key.at('KeyUsage') === 'SIGN_VERIFY' && String(key.at('KeySpec')).startsWith('RSA_');
}

const statementsOf = (key: Resource): readonly Json[] => listOf(key.at('KeyPolicy.Statement'));

const isDenial = (statement: Json): boolean => isObject(statement) && textList(statement.Action).includes('kms:Sign');

function denials(below: string): (key: Resource) => readonly string[] {
  return (key) =>
    statementsOf(key).flatMap((statement, index) => (isDenial(statement) ? [`Properties.KeyPolicy.Statement.${index}${below}`] : []));
}

/** Everybody is denied the signature, except the role of the IT team and that of the function. */
function limitsSigners(key: Resource, assembly: Assembly): boolean {
  const { deployment, region } = assembly.facts;
  const role = controlFunctionOf('revocation-list', assembly)?.at('Role');
  const stack = controlFunctionOf('revocation-list', assembly)?.stack ?? key.stack;
  const admitted = [
    `arn:aws:iam::\${AWS::AccountId}:role/${deployment}-it-team-${region}`,
    ...(role === undefined ? [] : [String(canonical(role, stack, assembly))]),
  ];
  return statementsOf(key)
    .filter(isDenial)
    .some((statement) => {
      const { Effect, Principal, Resource: of, Condition } = statement as Record<string, Json>;
      const excepted = listOf(canonical(valueAt(Condition, 'ArnNotLike.aws:PrincipalArn') ?? null, key.stack, assembly)).map(String);
      const keys = Object.keys(isObject(Condition) ? Condition : {}).join();
      return (
        Effect === 'Deny' &&
        JSON.stringify(Principal) === '{"AWS":"*"}' &&
        of === '*' &&
        keys === 'ArnNotLike' &&
        excepted.length > 0 &&
        excepted.every((arn) => admitted.includes(arn))
      );
    });
}
