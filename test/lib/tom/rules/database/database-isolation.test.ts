import { databaseIsolation } from '../../../../../lib/tom/rules/database/database-isolation';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';
import { database } from './example-database';

const verdict = (resources: Resources, id: string) => answers(databaseIsolation, resources)[id];
const port = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 };
const proxyGroup = att('ProxyGroup', 'GroupId');

test('the database complies', () => {
  for (const id of ['Cluster', 'Writer', 'Proxy', 'Subnets', 'DatabaseGroup', 'ProxyGroup', 'FromProxy']) {
    expect([id, verdict(database, id)]).toEqual([id, 'compliant']);
  }
});

test('security groups of other things are not its concern', () => {
  expect(verdict(database, 'FunctionGroup')).toBe('not-applicable');
  expect(verdict(changed(database, 'FromProxy', { GroupId: att('FunctionGroup', 'GroupId') }), 'FromProxy')).toBe('not-applicable');
});

test.each<[string, Resources, string, string[]]>([
  ['a cluster without subnets of ours', changed(database, 'Cluster', { DBSubnetGroupName: 'default' }), 'Cluster', ['subnets']],
  ['a cluster in a group from elsewhere', changed(database, 'Cluster', { VpcSecurityGroupIds: ['sg-1'] }), 'Cluster', ['group']],
  ['a cluster without a group', changed(database, 'Cluster', { VpcSecurityGroupIds: undefined }), 'Cluster', ['group']],
  ['a cluster in the group of its proxy', changed(database, 'Cluster', { VpcSecurityGroupIds: [proxyGroup] }), 'Cluster', ['group']],
  ['a cluster with the data API', changed(database, 'Cluster', { EnableHttpEndpoint: true }), 'Cluster', ['EnableHttpEndpoint']],
  ['a public cluster', changed(database, 'Cluster', { PubliclyAccessible: true }), 'Cluster', ['PubliclyAccessible']],
  ['a second cluster', { ...database, Other: database.Cluster as never }, 'Cluster', ['group', 'single']],
  ['a public instance', changed(database, 'Writer', { PubliclyAccessible: true }), 'Writer', ['public']],
  ['an instance without the setting', changed(database, 'Writer', { PubliclyAccessible: undefined }), 'Writer', ['public']],
  ['a proxy among servers', changed(database, 'Proxy', { VpcSubnetIds: [ref('private0'), ref('private1')] }), 'Proxy', ['tier']],
  [
    'a subnet group with one of proxies',
    changed(database, 'Subnets', { SubnetIds: [ref('isolated0'), ref('public1')] }),
    'Subnets',
    ['tier'],
  ],
  ['a subnet group of unknown subnets', changed(database, 'Subnets', { SubnetIds: ['subnet-1', 'subnet-2'] }), 'Subnets', ['tier']],
  ['an empty subnet group', changed(database, 'Subnets', { SubnetIds: [] }), 'Subnets', ['tier']],
])('%s does not', (_, resources, id, ids) => {
  expect(verdict(resources, id)).toEqual(ids);
});

test.each([
  ['an address range', { ...port, CidrIp: '10.0.0.0/16' }],
  ['an IPv6 range', { ...port, CidrIpv6: 'fd00::/8' }],
  ['a tier and a range', { ...port, SourceSecurityGroupId: proxyGroup, CidrIp: '10.0.0.0/16' }],
  ['a group from elsewhere', { ...port, SourceSecurityGroupId: 'sg-1' }],
  ['every port of a tier', { IpProtocol: '-1', SourceSecurityGroupId: proxyGroup }],
  ['more ports of a tier', { ...port, FromPort: 0, SourceSecurityGroupId: proxyGroup }],
])('a database that admits %s does not', (_, rule) => {
  expect(verdict(changed(database, 'DatabaseGroup', { SecurityGroupIngress: [rule] }), 'DatabaseGroup')).toHaveLength(1);
  const separate = { ...database, Rule: resource('AWS::EC2::SecurityGroupIngress', { GroupId: att('DatabaseGroup', 'GroupId'), ...rule }) };
  expect(verdict(separate, 'Rule')).toHaveLength(1);
});

test('without a database the rule reports its absence', () => {
  const none = without(database, 'Cluster', 'Writer', 'Reader', 'Proxy', 'Subnets');
  expect(answers(databaseIsolation, none).deployment).toEqual(['absent']);
});

test('an endpoint of the proxy is judged as the proxy is', () => {
  const endpoint = (properties: JsonObject) => {
    const Endpoint = resource('AWS::RDS::DBProxyEndpoint', { ...properties });
    return { ...database, Endpoint, EndpointGroup: resource('AWS::EC2::SecurityGroup') };
  };
  const isolated = database.Proxy?.Properties?.VpcSubnetIds as Json;
  const own = { VpcSubnetIds: isolated, VpcSecurityGroupIds: [att('EndpointGroup', 'GroupId')] };
  expect(verdict(endpoint(own), 'Endpoint')).toBe('compliant');
  expect(verdict(endpoint({ ...own, VpcSubnetIds: ['subnet'] }), 'Endpoint')).toEqual(['tier']);
  expect(verdict(endpoint({ ...own, VpcSecurityGroupIds: [proxyGroup] }), 'Endpoint')).toEqual(['group']);
  expect(verdict(endpoint({ ...own, VpcSecurityGroupIds: undefined as never }), 'Endpoint')).toEqual(['group']);
  const open = changed(endpoint(own), 'EndpointGroup', { SecurityGroupIngress: [{ ...port, CidrIp: '10.0.0.0/8' }] });
  expect(verdict(open, 'EndpointGroup')).toHaveLength(1);
});
