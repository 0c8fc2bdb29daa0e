// The network ACLs on the path of packets: each connection is evaluated hop by hop, in both directions, against the
// rows of the template.
import type { Template } from 'aws-cdk-lib/assertions';
import { development, production, range, reference, resources, subnets, within } from './reading';

type Way = 'in' | 'out';

interface Entry {
  readonly Egress: boolean;
  readonly RuleNumber: number;
  readonly RuleAction: 'allow' | 'deny';
  readonly Protocol: number;
  readonly CidrBlock?: string;
  readonly Ipv6CidrBlock?: string;
  readonly PortRange?: { readonly From: number; readonly To: number };
  readonly Icmp?: { readonly Type: number; readonly Code: number };
}

/**
 * Whether the ACL of a subnet allows a TCP packet. Peer is the address at the other end; port is the destination port.
 */
function allowsTcp(template: Template, tier: string, zone: number, way: Way, peer: string, port: number): boolean {
  return isAllowed(
    template,
    tier,
    zone,
    way,
    peer,
    ({ Protocol, PortRange }) => Protocol === 6 && port >= (PortRange?.From ?? 0) && port <= (PortRange?.To ?? 65535),
  );
}

/**
 * Whether the ACL of a subnet allows the message "packet too big". Peer is the router that sends it, or its recipient.
 */
function allowsTooBig(tier: string, zone: number, way: Way, peer: string, { type = 3, code = 4 } = {}): boolean {
  return isAllowed(template, tier, zone, way, peer, ({ Protocol, Icmp }) => Protocol === 1 && Icmp?.Type === type && Icmp.Code === code);
}

/** Whether the first row of a subnet's ACL that matches both the peer and the packet allows it. */
function isAllowed(template: Template, tier: string, zone: number, way: Way, peer: string, matches: (entry: Entry) => boolean): boolean {
  const subnet = subnets(template, tier)[zone]?.id;
  const associations = Object.values(resources(template, 'AWS::EC2::SubnetNetworkAclAssociation'));
  const acls = associations.filter(({ Properties }) => reference(Properties.SubnetId) === subnet);
  expect(acls).toHaveLength(1);
  const acl = reference(acls[0]?.Properties.NetworkAclId);
  const first = entriesOf(template, acl as string, way).find(
    (entry) =>
      (entry.Protocol === -1 || matches(entry)) &&
      (peer.includes(':') ? entry.Ipv6CidrBlock === '::/0' : entry.CidrBlock !== undefined && within(`${peer}/32`, entry.CidrBlock)),
  );
  return first?.RuleAction === 'allow';
}

function entriesOf(template: Template, acl: string, way: Way): Entry[] {
  return Object.values(resources(template, 'AWS::EC2::NetworkAclEntry'))
    .filter(({ Properties }) => reference(Properties.NetworkAclId) === acl && Boolean(Properties.Egress) === (way === 'out'))
    .map(({ Properties }) => Properties as unknown as Entry)
    .sort((a, b) => a.RuleNumber - b.RuleNumber);
}

const template = production();
const internet = '203.0.113.7';
const internet6 = '2001:db8::7';

interface End {
  /** Tier of the end; `undefined` on the internet. */
  readonly tier?: string;
  readonly zone: number;
  readonly address: string;
  /** Source port of its connections. */
  readonly from: number;
}

const at = (tier: string, zone: number, from: number): End => {
  const { cidr } = subnets(template, tier)[zone] as { cidr: string };
  const address = range(cidr)[0] + 10;
  return { tier, zone, from, address: [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.') };
};
const outside = (address: string): End => ({ zone: 0, address, from: 1024 });

/**
 * Whether a connection opens: each hop allows the request, and the response on its way back. `through` lists the tiers
 * between, in order.
 */
function connects(client: End, server: End, port: number, through: readonly string[] = []): boolean {
  const hop = (end: End, way: Way, peer: End, to: number): boolean =>
    end.tier === undefined || allowsTcp(template, end.tier, end.zone, way, peer.address, to);
  const between = through.every(
    (tier) =>
      allowsTcp(template, tier, client.zone, 'in', client.address, port) &&
      allowsTcp(template, tier, client.zone, 'out', server.address, port) &&
      allowsTcp(template, tier, client.zone, 'in', server.address, client.from) &&
      allowsTcp(template, tier, client.zone, 'out', client.address, client.from),
  );
  const there = hop(client, 'out', server, port) && hop(server, 'in', client, port);
  const back = hop(server, 'out', client, client.from) && hop(client, 'in', server, client.from);
  return between && there && back;
}

const proxy = (from = 1024) => at('public', 0, from);
const server = (from = 32768) => at('private', 1, from);
const fn = (from = 1024) => at('functions', 2, from);
const database = (zone = 0, from = 1024) => at('isolated', zone, from);
/** A person on the VPN has the address of its interface. */
const person = (zone = 0, from = 1024) => at('vpn', zone, from);
const out = ['firewall', 'egress'];

test.each([
  ['a visitor reaches a proxy on 80', outside(internet), proxy(), 80],
  ['a visitor reaches a proxy on 443', outside(internet), proxy(), 443],
  ['a visitor reaches a proxy on 443 over IPv6', outside(internet6), proxy(), 443],
  ['a proxy reaches a server, from its lowest port', proxy(1024), server(), 8080],
  ['a proxy reaches a server, from its highest port', proxy(65535), server(), 8080],
  ['a function reaches a database', fn(65535), database(), 5432],
  ['a server reaches an endpoint in another zone', server(), at('private', 0, 443), 443],
  ['a function reaches an endpoint', fn(1024), at('private', 0, 443), 443],
  ['a database proxy reaches the database in another zone', database(0), database(2), 5432],
  ['a person on the VPN reaches an endpoint, from the lowest port', person(0), at('private', 2, 443), 443],
  ['a person on the VPN reaches an endpoint, from the highest port', person(1, 65535), at('private', 0, 443), 443],
])('%s', (_, client, target, port) => {
  expect(connects(client, target, port)).toBe(true);
});

test.each([
  ['a server reaches the internet on 443', server(), 443, out],
  ['a function reaches the internet on 443', fn(1024), 443, out],
  ['a server reaches S3 through its gateway', server(), 443, []],
  ['a function reaches S3 through its gateway', fn(65535), 443, []],
] as const)('%s', (_, client, port, through) => {
  expect(connects(client, outside(internet), port, through)).toBe(true);
});

test.each([
  ['a visitor reaches no server on its port', outside(internet), server(), 8080],
  ['a visitor reaches no endpoint', outside(internet), server(), 443],
  ['a visitor reaches no database', outside(internet), database(), 5432],
  ['a visitor opens no SSH connection to a proxy', outside(internet), proxy(), 22],
  ['a proxy reaches no database', proxy(), database(), 5432],
  ['a proxy opens no SSH connection to a server', proxy(), server(), 22],
  ['a proxy reaches no endpoint', proxy(), server(), 443],
  ['a proxy opens no connection to the internet', proxy(), outside(internet), 443],
  ['a database opens no connection to the internet', database(), outside(internet), 443],
  ['a database opens no connection to a server', database(), server(), 443],
  ['a server opens no SSH connection to a server of another zone', server(), at('private', 0, 1024), 22],
  ['a server opens no connection to the internet on other ports', server(), outside(internet), 25],
  ['a server opens no connection to a proxy', server(), proxy(), 443],
  ['a function opens no plain HTTP connection', fn(), outside(internet), 80],
  ['a server opens no plain HTTP connection', server(), outside(internet), 80],
  ['a server reaches no database', server(), database(), 5432],
  ['a proxy reaches no other port of a server', proxy(), server(), 8081],
  ['a person on the VPN opens no SSH connection', person(), server(), 22],
  ['a person on the VPN reaches no collector', person(), server(), 8080],
  ['a person on the VPN reaches no database', person(), database(), 5432],
  ['a person on the VPN reaches no proxy', person(), proxy(), 443],
  ['a person on the VPN reaches nothing on the internet', person(), outside(internet), 443],
  ['a visitor reaches no interface of the VPN', outside(internet), person(), 443],
  ['a server opens no connection to a person', server(), person(), 443],
])('%s', (_, client, target, port) => {
  expect(connects(client, target, port)).toBe(false);
});

// Each side alone must deny: the other may have been opened by mistake.
test.each([
  ['proxies', 'public', database(), 5432],
  ['proxies', 'public', server(), 9000],
  ['the firewall', 'firewall', database(), 443],
  ['NAT gateways', 'egress', database(), 443],
  ['NAT gateways', 'egress', server(), 443],
  ['servers', 'private', proxy(), 443],
  ['servers', 'private', database(), 5432],
  ['the firewall', 'firewall', proxy(), 80],
  ['the firewall to the internet without TLS', 'firewall', outside(internet), 80],
  ['NAT gateways to the internet without TLS', 'egress', outside(internet), 80],
  ['proxies to other ports', 'public', server(), 8089],
  ['functions', 'functions', proxy(), 443],
  ['databases', 'isolated', server(), 443],
  ['people on the VPN', 'vpn', database(), 5432],
  ['people on the VPN to servers without TLS', 'vpn', server(), 22],
])('%s: their own ACL denies connections to tiers that they do not use (%s)', (_, tier, target, port) => {
  expect(allowsTcp(template, tier, 0, 'out', target.address, port)).toBe(false);
});

test.each(['private', 'functions', 'isolated', 'firewall', 'vpn', 'public'])('22 and 3389 are closed to the internet at %s', (tier) => {
  for (const port of [22, 3389]) {
    for (const address of [internet, internet6]) expect(allowsTcp(template, tier, 0, 'in', address, port)).toBe(false);
  }
});

test('a NAT gateway receives responses on every port from which it opens connections, 3389 included, and on no other', () => {
  for (const port of [1024, 3389, 65535]) expect(allowsTcp(template, 'egress', 0, 'in', internet, port)).toBe(true);
  for (const port of [22, 80, 443, 1023]) expect(allowsTcp(template, 'egress', 0, 'in', internet, port)).toBe(false);
});

test.each([
  ['a server', server()],
  ['a function', fn()],
])('%s receives "packet too big" from any router on the path, and no other message', (_, client) => {
  const passed = (how?: { type: number; code: number }) => [
    allowsTooBig('egress', client.zone, 'in', internet, how),
    allowsTooBig('egress', client.zone, 'out', client.address, how),
    allowsTooBig('firewall', client.zone, 'in', internet, how),
    allowsTooBig('firewall', client.zone, 'out', client.address, how),
    allowsTooBig(client.tier as string, client.zone, 'in', internet, how),
  ];
  expect(passed()).toEqual([true, true, true, true, true]);
  expect(passed({ type: 8, code: 0 })).toEqual([false, false, false, false, false]);
  expect(passed({ type: 3, code: 1 })).toEqual([false, false, false, false, false]);
});

test('no such message goes to or from a database', () => {
  for (const way of ['in', 'out'] as const) expect(allowsTooBig('isolated', 0, way, internet)).toBe(false);
  for (const tier of ['egress', 'firewall']) expect(allowsTooBig(tier, 0, 'out', database().address)).toBe(false);
});

test.each(['private', 'functions', 'isolated', 'firewall', 'vpn', 'egress'])('no IPv6 passes %s', (tier) => {
  for (const way of ['in', 'out'] as const) expect(allowsTcp(template, tier, 0, way, internet6, 443)).toBe(false);
});

test('no row allows UDP', () => {
  for (const { Properties } of Object.values(resources(template, 'AWS::EC2::NetworkAclEntry'))) {
    const { Protocol, RuleAction } = Properties as unknown as Entry;
    if (RuleAction === 'allow') expect([6, 1, 58]).toContain(Protocol);
  }
});

/** Whether two rows match the same packets of the same peer. */
function overlaps(one: Entry, other: Entry): boolean {
  const samePeer = one.CidrBlock === other.CidrBlock && one.Ipv6CidrBlock === other.Ipv6CidrBlock;
  if (!samePeer || one.Protocol !== other.Protocol) return false;
  if (one.Protocol !== 6) return JSON.stringify(one.Icmp) === JSON.stringify(other.Icmp);
  return (one.PortRange?.From ?? 0) <= (other.PortRange?.To ?? 65535) && (other.PortRange?.From ?? 0) <= (one.PortRange?.To ?? 65535);
}

/** Rows with numbers below ten are of the management networks, which the next test has. */
const isOrdinary = ({ RuleNumber }: { readonly RuleNumber: number }): boolean => RuleNumber >= 10;

test('management networks reach servers’ subnets on 443 alone, and get responses alone: the rows come before all others', () => {
  const managed = Object.keys(resources(template, 'AWS::EC2::NetworkAcl')).flatMap((acl) =>
    (['in', 'out'] as const).flatMap((way) =>
      entriesOf(template, acl, way)
        .filter((entry) => !isOrdinary(entry))
        .map(({ CidrBlock, Protocol, PortRange, RuleAction, RuleNumber }) => [
          ...[way, acl.startsWith('Aclprivate'), CidrBlock, RuleNumber, RuleAction, Protocol],
          ...[PortRange?.From, PortRange?.To],
        ]),
    ),
  );
  const network = '192.168.40.0/24';
  expect(managed).toEqual([
    ['in', true, network, 1, 'allow', 6, 443, 443],
    ['in', true, network, 2, 'deny', -1, undefined, undefined],
    ['out', true, network, 1, 'allow', 6, 1024, 65535],
    ['out', true, network, 2, 'deny', -1, undefined, undefined],
  ]);
});

test('inbound rows only allow, no two rows overlap, and outbound rows have at most one that denies, before rows that allow the internet', () => {
  const rows = Object.keys(resources(template, 'AWS::EC2::NetworkAcl')).flatMap((acl) =>
    (['in', 'out'] as const).map((way) => ({ way, entries: entriesOf(template, acl, way).filter(isOrdinary) })),
  );
  for (const { way, entries } of rows) {
    const denying = entries.filter(({ RuleAction }) => RuleAction === 'deny');
    expect(denying.length).toBeLessThanOrEqual(way === 'in' ? 0 : 1);
    for (const { Protocol, RuleNumber } of denying) {
      // All traffic, not a port of it.
      expect(Protocol).toBe(-1);
      expect(entries.some((entry) => entry.CidrBlock === '0.0.0.0/0' && entry.RuleNumber > RuleNumber)).toBe(true);
    }
    for (const [index, entry] of entries.entries()) expect(entries.slice(index + 1).filter((other) => overlaps(entry, other))).toEqual([]);
  }
  expect(rows.flatMap(({ entries }) => entries)).toHaveLength(58);
});

test('no row allows 22 or 3389 from the internet, except for responses to NAT gateways', () => {
  const tiers = ['private', 'functions', 'isolated', 'firewall', 'vpn', 'public', 'egress'];
  const open = tiers.filter((tier) => {
    const subnet = subnets(template, tier)[0]?.id;
    const association = Object.values(resources(template, 'AWS::EC2::SubnetNetworkAclAssociation')).find(
      ({ Properties }) => reference(Properties.SubnetId) === subnet,
    );
    return entriesOf(template, reference(association?.Properties.NetworkAclId) as string, 'in').some(
      ({ Protocol, RuleAction, CidrBlock, Ipv6CidrBlock, PortRange: ports }) =>
        RuleAction === 'allow' &&
        [6, -1].includes(Protocol) &&
        (CidrBlock === '0.0.0.0/0' || Ipv6CidrBlock === '::/0') &&
        [22, 3389].some((port) => port >= (ports?.From ?? 0) && port <= (ports?.To ?? 65535)),
    );
  });
  expect(open).toEqual(['egress']);
});

test('every subnet has one of the ACLs, and none is near the quota of 20 rows', () => {
  for (const made of [production(), development()]) {
    made.resourceCountIs('AWS::EC2::SubnetNetworkAclAssociation', Object.keys(resources(made, 'AWS::EC2::Subnet')).length);
    for (const acl of Object.keys(resources(made, 'AWS::EC2::NetworkAcl'))) {
      for (const way of ['in', 'out'] as const) expect(entriesOf(made, acl, way).length).toBeLessThanOrEqual(15);
    }
  }
});
