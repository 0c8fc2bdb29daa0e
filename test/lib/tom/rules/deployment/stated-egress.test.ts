import { statedEgress } from '../../../../../lib/tom/rules/deployment/stated-egress';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, type Resources, resource } from '../example';

const tcp = (from: number, to: number, destination: JsonObject): JsonObject => ({
  IpProtocol: 'tcp',
  FromPort: from,
  ToPort: to,
  ...destination,
});
const world = { CidrIp: '0.0.0.0/0' };
const group = (SecurityGroupEgress: Json | undefined) =>
  answers(statedEgress, { G: resource('AWS::EC2::SecurityGroup', SecurityGroupEgress === undefined ? {} : { SecurityGroupEgress }) }).G;

test.each<[string, JsonObject]>([
  ['the world on 443', tcp(443, 443, world)],
  ['the world on 80', tcp(80, 80, world)],
  ['a private range on any', { IpProtocol: '-1', CidrIp: '10.64.0.0/17' }],
  ['a security group', tcp(5432, 5432, { DestinationSecurityGroupId: att('H', 'GroupId') })],
  ['the address that no network takes', { IpProtocol: 'icmp', FromPort: 252, ToPort: 86, CidrIp: '255.255.255.255/32' }],
])('a group may state %s', (_, rule) => {
  expect(group([rule])).toBe('compliant');
});

test.each<[string, Json | undefined]>([
  ['nothing', undefined],
  ['an empty list', []],
])('a group that states %s allows everything', (_, rules) => {
  expect(group(rules)).toEqual(['unstated']);
});

test.each<[string, JsonObject]>([
  ['everything', { IpProtocol: '-1', ...world }],
  ['everything over IPv6', { IpProtocol: '-1', CidrIpv6: '::/0' }],
  ['half of the world', { IpProtocol: '-1', CidrIp: '0.0.0.0/1' }],
  ['ports from one to another', tcp(80, 443, world)],
  ['another port', tcp(5432, 5432, world)],
  ['every port of UDP', { IpProtocol: 'udp', ...world }],
  ['one port of UDP', { IpProtocol: 'udp', FromPort: 443, ToPort: 443, ...world }],
  ['a list of strangers', { IpProtocol: '-1', DestinationPrefixListId: 'pl-1' }],
  ['no destination', { IpProtocol: '-1' }],
])('a group that states %s does not comply', (_, rule) => {
  expect(group([tcp(443, 443, world), rule])).toEqual(['open::Properties.SecurityGroupEgress.1']);
});

test('a separate rule is judged in the same way, and does not count as an inline rule', () => {
  const beside = (rule: JsonObject): Resources => ({
    G: resource('AWS::EC2::SecurityGroup'),
    Out: resource('AWS::EC2::SecurityGroupEgress', { GroupId: att('G', 'GroupId'), ...rule }),
  });
  expect(answers(statedEgress, beside(tcp(443, 443, world)))).toMatchObject({ G: ['unstated'], Out: 'compliant' });
  expect(answers(statedEgress, beside({ IpProtocol: '-1', ...world })).Out).toEqual(['open::Properties']);
});
