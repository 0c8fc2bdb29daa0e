import { noHardCodedIds } from '../../../../../lib/tom/rules/deployment/no-hard-coded-ids';
import { Assembly, type Json, type JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, facts, join, ref, resource, stack } from '../example';

const verdict = (value: Json, changed = {}) => answers(noHardCodedIds, { A: resource('AWS::SNS::Topic', { Any: value }) }, changed).A;

test.each<[string, Json]>([
  ['references', [ref('Subnet'), { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }]],
  ['public parameters for images', '{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64}}'],
  ['the own region', 'arn:aws:s3:eu-west-3:x'],
  ['the account as a pseudo parameter', join('arn:aws:iam::', ref('AWS::AccountId'), ':root')],
  ['hashes', 'e3927783d4c511bed915bb6e592692fc0bf2fb63e49c9d720e332c2e6951aa11.zip'],
  ['long numbers that are no account', '1234567890123'],
  ['a size of twelve digits in bytes', 'SPOOL_LIMIT_BYTES=171798691840\nX=1'],
  ['numbers with a point', '0.123456789012'],
  ['a number of bytes in a settings file', 'PORT=8080\nSPOOL_LIMIT_BYTES=171798691840\n'],
  ['the regions that a role is kept to', { StringNotEquals: { 'aws:RequestedRegion': ['eu-west-3', 'eu-central-1'] } }],
])('%s are not hard-coded', (_, value) => {
  expect(verdict(value)).toBe('compliant');
});

test.each<[string, Json, string]>([
  ['a zone', 'eu-west-3a', 'zone::eu-west-3a'],
  ['a zone id', 'euw3-az1', 'zone::euw3-az1'],
  ['a local zone', 'eu-west-3-par-1a', 'zone::eu-west-3-par-1a'],
  ['an image', { ImageId: 'ami-0123456789abcdef0' }, 'id::ami-0123456789abcdef0'],
  ['a subnet', ['subnet-01234567'], 'id::subnet-01234567'],
  ['a hosted zone', 'Z2FDTNDATAQYW2', 'hosted-zone::Z2FDTNDATAQYW2'],
  ['a key', 'arn:aws:kms:eu-west-3:x:key/1234abcd-12ab-34cd-56ef-1234567890ab', 'uuid::1234abcd-12ab-34cd-56ef-1234567890ab'],
  ['a key of several regions', 'key/mrk-1234abcd12ab34cd56ef1234567890ab', 'uuid::mrk-1234abcd12ab34cd56ef1234567890ab'],
  ['a certificate', 'certificate/12345678-1234-1234-1234-1234567890ab', 'uuid::12345678-1234-1234-1234-1234567890ab'],
  ['a list of domains', 'rslvr-fdl-0123456789abcdef', 'id::rslvr-fdl-0123456789abcdef'],
  ['a service of another account', 'com.amazonaws.vpce.x.vpce-svc-0123456789abcdef0', 'id::vpce-svc-0123456789abcdef0'],
  ['an id of a kind yet to come', 'new-kind-0123456789abcdef0', 'id::new-kind-0123456789abcdef0'],
  ['an image of an account', '999999999999.dkr.ecr.${AWS::Region}.amazonaws.com/app:1', 'account::999999999999'],
  ['a bucket that is named after an account', 'assets-999999999999-home', 'account::999999999999'],
  ['the region of the recovery site', 'arn:aws:s3:eu-central-1:x', 'other-region'],
  ['an account', join('arn:aws:iam::', '999999999999', ':root'), 'account::999999999999'],
  ['an account as a number', 999_999_999_999, 'account::999999999999'],
])('%s is', (_, value, id) => {
  expect(verdict(value)).toEqual([id]);
});

test.each(['vpc', 'sg', 'rtb', 'acl', 'igw', 'nat', 'eni', 'eipalloc', 'snap', 'vol', 'i', 'lt', 'pl', 'vpce', 'vpce-svc', 'pcx', 'fs'])(
  'nor may the id of an existing %s stand there, new or old',
  (kind) => {
    expect(verdict(`${kind}-0123456789abcdef0`)).toEqual([`id::${kind}-0123456789abcdef0`]);
    expect(verdict(`${kind}-01234567`)).toEqual([`id::${kind}-01234567`]);
    expect(verdict(`x${kind}-01234567`)).toBe('compliant');
  },
);

test('an account that the configuration names may be named', () => {
  expect(verdict('arn:aws:iam::111111111111:root', { namedAccounts: ['111111111111'] })).toBe('compliant');
});

test('a certificate that the configuration names is no account, whatever its digits', () => {
  const named = '12345678-1234-1234-1234-123456789012';
  expect(verdict(`certificate/${named}`, { namedIds: [named] })).toBe('compliant');
  expect(verdict(`certificate/${named}`)).toEqual([`uuid::${named}`]);
  expect(verdict(`assets-1234-123456789012`, { namedIds: [named] })).toEqual(['account::123456789012']);
});

test('a configured hosted zone complies, and no other', () => {
  const named = { namedIds: ['Z0123456789ABCDEFGHIJ'] };
  expect(verdict('Z0123456789ABCDEFGHIJ', named)).toBe('compliant');
  expect(verdict('Z0123456789ABCDEFGHIJK', named)).toEqual(['hosted-zone::Z0123456789ABCDEFGHIJK']);
  expect(verdict('Z0123456789ABCDEFGHIJ Z0123456789ABCDEFGHIK', named)).toEqual(['hosted-zone::Z0123456789ABCDEFGHIK']);
});

describe('at the recovery site', () => {
  const recovery = { site: 'recovery', region: 'eu-central-1' };

  test('the home region is named in backup sources alone', () => {
    expect(verdict('arn:aws:s3:eu-west-3:x', recovery)).toEqual(['other-region']);
    expect(verdict('arn:aws:s3:eu-central-1:x', recovery)).toBe('compliant');
    const copying = (region: string) => ({
      BackupPlanRule: [{ CopyActions: [{ DestinationBackupVaultArn: `arn:aws:backup:${region}:x` }] }],
    });
    const plan = (BackupPlan: JsonObject) => ({ Plan: resource('AWS::Backup::BackupPlan', { BackupPlan }) });
    const recovered = { ...facts, site: 'recovery', region: 'eu-central-1' } as const;
    const answering = { ...recovered, settings: { ...facts.settings, backup: { ...facts.settings.backup, homeAnswers: true } } };
    expect(answers(noHardCodedIds, plan(copying('eu-west-3')), answering).Plan).toBe('compliant');
    expect(answers(noHardCodedIds, plan(copying('eu-west-3')), recovered).Plan).toEqual(['other-region']);
    expect(answers(noHardCodedIds, plan(copying('eu-central-1')), facts).Plan).toBe('compliant');
    expect(answers(noHardCodedIds, plan({ BackupPlanName: 'eu-central-1' }), facts).Plan).toEqual(['other-region']);
  });
});

test('a probe inspects both regions at the home site, and its own region at the recovery site', () => {
  const probe = { Probe: resource('AWS::Lambda::Function', { Environment: { Variables: { REGIONS: 'eu-west-3,eu-central-1' } } }) };
  expect(answers(noHardCodedIds, probe, facts).Probe).toBe('compliant');
  expect(answers(noHardCodedIds, probe, { ...facts, site: 'recovery', region: 'eu-central-1' }).Probe).toEqual(['other-region']);
});

test('the usage record of the library is not looked at', () => {
  expect(answers(noHardCodedIds, { A: resource('AWS::CDK::Metadata', { Analytics: 'ami-0123456789abcdef0' }) }).A).toBe('not-applicable');
});

test('outputs, parameters and mappings are', () => {
  const template = { Mappings: { Images: { 'eu-west-3': { id: 'ami-0123456789abcdef0' } } } };
  expect(answers(noHardCodedIds, new Assembly(facts, [stack({}, { template })])).stack).toEqual(['id::ami-0123456789abcdef0']);
});
