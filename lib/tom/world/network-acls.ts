// Network ACLs: the rows of each tier in both directions, all of them. What no row allows is denied. (TOM-6.6,
// DSS-5.6.3)
//
// The ports of responses: Linux opens connections from 32768 to 60999; load balancers, NAT gateways and functions from
// 1024 to 65535 (Amazon VPC User Guide, "Custom network ACLs", ephemeral ports).

import type { DeploymentFacts } from '../template/assembly';
import { databasePort } from '../template/databases';
import { type Declaration, declare } from './declaration';
import { by, type FormLike } from './form';
import { hasConnect, hasVpn, managementRanges, tierRange, whereTier } from './network-addresses';
import { subnetName, type TierName, tierNames, vpc } from './network-tiers';
import { inEachTier } from './network-vpc';
import { tags } from './tags';

type Peer = TierName | 'vpc' | 'internet' | 'internet6';
type Traffic = Readonly<Record<string, FormLike>>;

interface Row {
  readonly action: 'allow' | 'deny';
  readonly traffic: Traffic;
  readonly peer: Peer;
  /** @default - wherever the tier is */
  readonly when?: (facts: DeploymentFacts) => boolean;
}

const tcp = (from: number, to = from): Traffic => ({ Protocol: 6, PortRange: { From: from, To: to } });
const http = tcp(80);
const https = tcp(443);
/** The port of the collectors. (TOM-6.8) */
const application = tcp(8080);
const database = tcp(databasePort);
const responsesToLinux = tcp(32_768, 60_999);
const responses = tcp(1024, 65_535);
/** From the internet without 3389, the port of remote desktops. (TOM-3.1) */
const responsesBelowRemoteDesktop = tcp(1024, 3388);
const responsesAboveRemoteDesktop = tcp(3390, 65_535);
/** Path MTU discovery. (RFC 1191, RFC 8201) */
const packetTooBig: Traffic = { Protocol: 1, Icmp: { Code: 4, Type: 3 } };
const packetTooBig6: Traffic = { Protocol: 58, Icmp: { Code: 0, Type: 2 } };
const everything: Traffic = { Protocol: -1 };

const allow = (traffic: Traffic, peer: Peer): Row => ({ action: 'allow', traffic, peer });
const deny = (traffic: Traffic, peer: Peer): Row => ({ action: 'deny', traffic, peer });

type Direction = 'In' | 'Out';

/** Requests of servers and functions pass firewall and NAT gateway with their own addresses. */
const passageIn: readonly Row[] = [allow(https, 'private'), allow(https, 'functions')];
const passageOut: readonly Row[] = [
  allow(responsesToLinux, 'private'),
  allow(responses, 'functions'),
  allow(packetTooBig, 'private'),
  allow(packetTooBig, 'functions'),
  deny(everything, 'vpc'),
  allow(https, 'internet'),
];

const rows: Readonly<Record<TierName, Readonly<Record<Direction, readonly Row[]>>>> = {
  public: {
    In: [
      allow(http, 'internet'),
      allow(https, 'internet'),
      allow(http, 'internet6'),
      allow(https, 'internet6'),
      allow(responses, 'private'),
      allow(packetTooBig, 'internet'),
      allow(packetTooBig6, 'internet6'),
    ],
    Out: [
      allow(application, 'private'),
      deny(everything, 'vpc'),
      allow(responses, 'internet'),
      allow(responses, 'internet6'),
      allow(packetTooBig, 'internet'),
      allow(packetTooBig6, 'internet6'),
    ],
  },
  private: {
    In: [
      allow(application, 'public'),
      allow(https, 'private'),
      allow(https, 'functions'),
      allow(responsesToLinux, 'internet'),
      allow(packetTooBig, 'internet'),
      { ...allow(https, 'vpn'), when: hasVpn },
    ],
    Out: [
      allow(responses, 'public'),
      allow(responses, 'functions'),
      allow(responsesToLinux, 'private'),
      deny(everything, 'public'),
      allow(https, 'internet'),
      { ...allow(responses, 'vpn'), when: hasVpn },
    ],
  },
  functions: {
    In: [allow(responsesBelowRemoteDesktop, 'internet'), allow(responsesAboveRemoteDesktop, 'internet'), allow(packetTooBig, 'internet')],
    Out: [allow(database, 'isolated'), deny(everything, 'public'), allow(https, 'internet')],
  },
  isolated: {
    In: [allow(database, 'functions'), allow(responses, 'isolated')],
    Out: [allow(responses, 'functions'), allow(responses, 'isolated')],
  },
  firewall: {
    In: [
      ...passageIn,
      allow(responsesBelowRemoteDesktop, 'internet'),
      allow(responsesAboveRemoteDesktop, 'internet'),
      allow(packetTooBig, 'internet'),
    ],
    Out: passageOut,
  },
  egress: {
    // NAT gateways open connections from every port, 3389 included; nothing listens in their subnets.
    In: [...passageIn, allow(responses, 'internet'), allow(packetTooBig, 'internet')],
    Out: passageOut,
  },
  vpn: { In: [allow(responses, 'private')], Out: [allow(https, 'private')] },
};

function addressesOf(peer: Peer, facts: DeploymentFacts): Readonly<Record<string, string>> {
  if (peer === 'internet') return { CidrBlock: '0.0.0.0/0' };
  if (peer === 'internet6') return { Ipv6CidrBlock: '::/0' };
  return { CidrBlock: peer === 'vpc' ? facts.settings.network.vpcCidr : tierRange(peer, facts) };
}

/** The tier with the endpoints, which the management networks reach by the Site-to-Site VPN. (TOM-3.1) */
const managedTier: TierName = 'private';
const managementTraffic: Readonly<Record<Direction, Traffic>> = { In: https, Out: responses };

/** Rows before all others: what each management network may, then the denial of the rest. They have numbers from 1. */
function managementRows(direction: Direction, facts: DeploymentFacts): readonly FormLike[] {
  const row = (traffic: Traffic, action: 'allow' | 'deny') => (range: string) => ({ ...traffic, CidrBlock: range, RuleAction: action });
  const ranges = managementRanges(facts);
  return [...ranges.map(row(managementTraffic[direction], 'allow')), ...ranges.map(row(everything, 'deny'))];
}

const managementDeclaration = (direction: Direction): Declaration =>
  declare(
    'AWS::EC2::NetworkAclEntry',
    `network/Acl${managedTier}${direction}<number>`,
    by(({ facts, variables }) => ({
      ...(managementRows(direction, facts)[Number(variables.number) - 1] as Readonly<Record<string, FormLike>>),
      Egress: direction === 'Out',
      NetworkAclId: `\${network/Acl${managedTier}}`,
      RuleNumber: Number(variables.number),
    })),
    {
      variables: { number: (facts) => managementRows(direction, facts).map((_, index) => String(index + 1)) },
      when: (facts) => managementRanges(facts).length > 0,
    },
  );

/** Rows after all others, from the endpoint of EC2 Instance Connect to servers and back. (DSS-5.6.6) */
const connectTraffic: readonly Traffic[] = [tcp(22), tcp(1024, 32_767), tcp(61_000, 65_535)];

const connectDeclarations = (['In', 'Out'] as const).flatMap((direction) =>
  connectTraffic.map((traffic, index) =>
    rowDeclaration('private', direction, { ...allow(traffic, 'private'), when: hasConnect }, index, 200),
  ),
);

/** Rows have numbers from 10, or from another one, in steps of ten. */
function rowDeclaration(tier: TierName, direction: Direction, { action, traffic, peer, when }: Row, index: number, from = 10): Declaration {
  const number = from + index * 10;
  return declare(
    'AWS::EC2::NetworkAclEntry',
    `network/Acl${tier}${direction}${number}`,
    by(({ facts }) => ({
      ...addressesOf(peer, facts),
      ...traffic,
      Egress: direction === 'Out',
      NetworkAclId: `\${network/Acl${tier}}`,
      RuleAction: action,
      RuleNumber: number,
    })),
    when ? { when } : whereTier(tier),
  );
}

const rowDeclarations = tierNames.flatMap((tier) =>
  (['In', 'Out'] as const).flatMap((direction) => rows[tier][direction].map((row, index) => rowDeclaration(tier, direction, row, index))),
);

const aclDeclaration = (tier: TierName): Declaration =>
  declare(
    'AWS::EC2::NetworkAcl',
    `network/Acl${tier}`,
    { Tags: tags(undefined, { Key: 'Name', Value: `<deployment>-network/Acl/${tier}` }), VpcId: vpc },
    whereTier(tier),
  );

export const aclDeclarations: readonly Declaration[] = [
  ...tierNames.map(aclDeclaration),
  ...inEachTier((options) =>
    declare(
      'AWS::EC2::SubnetNetworkAclAssociation',
      'network/Acl<tier>Zone<zone>',
      { NetworkAclId: '${network/Acl<tier>}', SubnetId: `\${${subnetName('<tier>', '<zone>')}}` },
      options,
    ),
  ),
  ...rowDeclarations,
  ...connectDeclarations,
  managementDeclaration('In'),
  managementDeclaration('Out'),
];
