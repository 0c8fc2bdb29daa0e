import { networkAcls } from '../../../../../lib/tom/rules/network/network-acls';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';
import { entry, network } from './example-network';

const says = (resources: Resources, id: string) => answers(networkAcls, resources)[id];

test('the network complies', () => {
  expect(Object.values(answers(networkAcls, network)).filter((said) => said !== 'compliant')).toEqual([]);
});

test('a subnet with the default network ACL, or one outside the deployment, does not comply', () => {
  expect(says(without(network, 'private0Acl'), 'private0')).toEqual(['acl']);
  expect(says(changed(network, 'private0Acl', { NetworkAclId: 'acl-elsewhere' }), 'private0')).toEqual(['acl']);
  expect(says(changed(network, 'private0Acl', { NetworkAclId: ref('private0Table') }), 'private0')).toEqual(['acl']);
});

test('a network ACL serves one tier', () => {
  expect(says(changed(network, 'private0Acl', { NetworkAclId: ref('isolatedList') }), 'isolatedList')).toContain('tiers');
});

test.each<[string, Resources, string, string[]]>([
  ['allows every protocol', changed(network, 'publicHttps', { Protocol: -1 }), 'publicList', ['everything::publicHttps']],
  [
    'allows every protocol out',
    { ...network, out: entry('publicList', 10, 'allow', '10.0.0.0/8', [0, 1], { Protocol: -1, Egress: true }) },
    'publicList',
    ['everything::out'],
  ],
  [
    'lets databases out',
    { ...network, out: entry('isolatedList', 10, 'allow', '0.0.0.0/0', [443, 443], { Egress: true }) },
    'isolatedList',
    ['outside::out'],
  ],
  [
    'lets others to databases',
    changed(network, 'isolatedQueries', { CidrBlock: ref('Range') }),
    'isolatedList',
    ['outside::isolatedQueries'],
  ],
])('one that %s does not', (_, resources, id, ids) => {
  expect(says(resources, id)).toEqual(ids);
});

test('a denial of every protocol complies', () => {
  const denial = { ...network, no: entry('publicList', 5, 'deny', '0.0.0.0/0', [0, 1], { Protocol: -1 }) };
  expect(says(denial, 'publicList')).toBe('compliant');
});

test.each<[string, Resources, string, string[]]>([
  [
    'an entry of the default list',
    { in: entry('x', 1, 'allow', '10.0.0.0/8', [1, 2], { NetworkAclId: att('Vpc', 'DefaultNetworkAcl') }) },
    'in',
    ['NetworkAclId'],
  ],
  [
    'an entry of a list elsewhere',
    { in: entry('x', 1, 'deny', '10.0.0.0/8', [1, 2], { NetworkAclId: 'acl-elsewhere' }) },
    'in',
    ['NetworkAclId'],
  ],
  [
    'the association of a subnet that is not told',
    { a: resource('AWS::EC2::SubnetNetworkAclAssociation', { NetworkAclId: ref('publicList'), SubnetId: ref('Parameter') }) },
    'a',
    ['SubnetId'],
  ],
])('%s does not comply', (_, extra, id, ids) => {
  expect(says({ ...network, ...extra }, id)).toEqual(ids);
});
