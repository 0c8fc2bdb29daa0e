import { includesPort, portsOf, reachOf } from '../../../../lib/tom/template/addresses';

test.each<[unknown, string]>([
  ['10.0.0.0/8', 'private'],
  ['172.16.0.0/12', 'private'],
  ['192.168.0.0/16', 'private'],
  ['fc00::/7', 'private'],
  [{ 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }, 'private'],
  ['203.0.113.7/32', 'public'],
  ['203.0.113.0/24', 'public'],
  ['2001:db8:1::/48', 'public'],
  ['192.168.0.0/15', 'world'],
  ['0.0.0.0/0', 'world'],
  ['64.0.0.0/2', 'world'],
  ['203.0.112.0/23', 'world'],
  ['52.95.0.0/16', 'world'],
  ['2001:db8::/47', 'world'],
  ['2000::/3', 'world'],
  ['10.0.0.0', 'world'],
  ['10.0.0.0/33', 'world'],
  ['', 'world'],
  [{ Ref: 'Range' }, 'world'],
  [undefined, 'world'],
  [7, 'world'],
])('%j reaches %s', (cidr, reach) => {
  expect(reachOf(cidr as never)).toBe(reach);
});

test.each<[unknown, unknown, unknown, number, boolean]>([
  ['tcp', 80, 443, 443, true],
  ['tcp', 80, 443, 444, false],
  ['TCP', '22', '22', 22, true],
  [6, 22, 22, 22, true],
  ['17', 53, 53, 53, true],
  ['-1', undefined, undefined, 22, true],
  ['50', 1, 1, 22, true],
  ['icmp', 22, 22, 22, false],
  [58, 0, 0, 22, false],
  ['tcp', -1, -1, 22, true],
  ['tcp', undefined, undefined, 22, true],
  ['tcp', '', 1, 22, true],
  [{ Ref: 'Protocol' }, 80, 80, 22, true],
])('protocol %j from %j to %j: port %d is in it: %j', (protocol, from, to, port, included) => {
  expect(includesPort(portsOf(protocol as never, from as never, to as never), port)).toBe(included);
});
