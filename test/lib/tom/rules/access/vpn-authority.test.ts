import { vpnAuthority } from '../../../../../lib/tom/rules/access/vpn-authority';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, type Resources, ref, resource } from '../example';

const team = { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/production-it-team-eu-west-3' };
const denial = (changed: JsonObject = {}, excepted: unknown = [team, att('Role')]): JsonObject => ({
  ...{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 'kms:Sign', Resource: '*' },
  Condition: { ArnNotLike: { 'aws:PrincipalArn': excepted } } as JsonObject,
  ...changed,
});
const key = (statement: JsonObject, properties: JsonObject = {}, retention = 'Retain') =>
  resource(
    'AWS::KMS::Key',
    {
      ...{ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY', MultiRegion: true },
      KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }, statement] },
      ...properties,
    },
    { DeletionPolicy: retention, UpdateReplacePolicy: retention },
  );
const others: Resources = {
  Log: resource('AWS::Logs::LogGroup', { LogGroupName: '/rempart/production/functions/revocation-list' }),
  Function: resource('AWS::Lambda::Function', { LoggingConfig: { LogGroup: ref('Log') }, Role: att('Role') }),
  Role: resource('AWS::IAM::Role'),
};
const says = (Key: Resources[string], beside: Resources = others) => answers(vpnAuthority, { ...beside, Key }).Key;

test('a key that signs for the IT team and the function complies', () => {
  expect(says(key(denial()))).toBe('compliant');
  expect(says(key(denial({}, team)), {})).toBe('compliant');
});

test('a key that encrypts, or signs with another algorithm, is none of the VPN', () => {
  expect(says(resource('AWS::KMS::Key'))).toBe('not-applicable');
  expect(says(key(denial(), { KeySpec: 'ECC_NIST_P256' }))).toBe('not-applicable');
});

test.each<[string, Resources[string], string[]]>([
  ['a longer key', key(denial(), { KeySpec: 'RSA_4096' }), ['spec']],
  ['a key of one region', key(denial(), { MultiRegion: false }), ['multi-region']],
  ['a key that is deleted', key(denial(), {}, 'Delete'), ['DeletionPolicy', 'UpdateReplacePolicy']],
  ['a key without a policy', key(denial(), { KeyPolicy: {} }), ['signers']],
  ['an allowance', key(denial({ Effect: 'Allow' })), ['signers']],
  ['a denial to one principal', key(denial({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } })), ['signers']],
  ['a denial of another action', key(denial({ Action: 'kms:Verify' })), ['signers']],
  ['a denial on another key', key(denial({ Resource: 'arn:aws:kms:eu-west-3:111122223333:key/other' })), ['signers']],
  ['a denial without exceptions', key(denial({}, [])), ['signers']],
  ['an exception for every role', key(denial({}, '*')), ['signers']],
  ['an exception for another role', key(denial({}, [team, 'arn:aws:iam::111122223333:role/production-emergency-eu-west-3'])), ['signers']],
  [
    'a further condition',
    key(denial({ Condition: { ArnNotLike: { 'aws:PrincipalArn': [team as never] }, Bool: { 'aws:SecureTransport': 'false' } } })),
    ['signers'],
  ],
])('%s does not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});
