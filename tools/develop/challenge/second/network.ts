// Routes, network ACLs, firewalls, DNS, endpoints and placement.
import { add, attribute, type Challenge, put, ref, resourceOfType } from '../challenge';
import { aclEntry, aclOf, append, exchange, rewrite, routeTable, subnet, vpcOf } from './places';

const dnsRules = 'FirewallRules';

export const networkChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-6.6',
    kind: 'H',
    title: 'a prefix list of two halves of the internet that servers reach past the firewall',
    change: ({ network }) => {
      const list = add(network, 'Partners', 'AWS::EC2::PrefixList', {
        AddressFamily: 'IPv4',
        Entries: [{ Cidr: '0.0.0.0/1' }, { Cidr: '128.0.0.0/1' }],
        MaxEntries: 10,
        PrefixListName: 'production-partners',
      });
      add(network, 'PartnersRoute', 'AWS::EC2::Route', {
        DestinationPrefixListId: list,
        NatGatewayId: attribute(resourceOfType(network, 'AWS::EC2::NatGateway', 'NatGateway1').id, 'NatGatewayId'),
        RouteTableId: routeTable(network, 'private', 1),
      });
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'H',
    title: 'an egress-only internet gateway for the IPv6 traffic of functions',
    change: ({ network }) => {
      const gateway = add(network, 'EgressOnly', 'AWS::EC2::EgressOnlyInternetGateway', { VpcId: vpcOf(network) });
      add(network, 'FunctionsIpv6', 'AWS::EC2::Route', {
        DestinationIpv6CidrBlock: '::/0',
        EgressOnlyInternetGatewayId: gateway,
        RouteTableId: routeTable(network, 'functions', 1),
      });
      add(network, 'AclFunctionsIpv6', 'AWS::EC2::NetworkAclEntry', {
        Egress: true,
        Ipv6CidrBlock: '::/0',
        NetworkAclId: aclOf(network, 'functions'),
        PortRange: { From: 443, To: 443 },
        Protocol: 6,
        RuleAction: 'allow',
        RuleNumber: 40,
      });
    },
  },
  {
    clause: 'TOM-6.5',
    kind: 'H',
    title: 'a route of the private subnet in the second zone through the firewall of the first',
    change: ({ network }) => {
      const route = (zone: number) => resourceOfType(network, 'AWS::EC2::Route', `EgressRoutesprivate${zone}Out`).properties;
      route(2).VpcEndpointId = route(1).VpcEndpointId ?? '';
    },
  },
  {
    clause: 'TOM-6.5',
    kind: 'H',
    title: 'two NAT gateways that exchange their zones',
    change: ({ network }) => {
      const gateway = (zone: number) => resourceOfType(network, 'AWS::EC2::NatGateway', `NatGateway${zone}`).properties;
      exchange(gateway(1), gateway(2), 'SubnetId');
    },
  },
  {
    clause: 'DSS-5.6.4',
    kind: 'H',
    title: 'a denial of the VPC for proxies that comes after the entry for every address',
    change: ({ network }) => put(aclEntry(network, { Egress: true, RuleAction: 'deny' }, 'public').properties, 'RuleNumber', 35),
  },
  {
    clause: 'TOM-4.2',
    kind: 'H',
    title: 'an isolated subnet and a subnet of functions that exchange their network ACLs',
    change: ({ network }) => {
      const association = (tier: string) => resourceOfType(network, 'AWS::EC2::SubnetNetworkAclAssociation', `Acl${tier}Zone1`).properties;
      exchange(association('isolated'), association('functions'), 'NetworkAclId');
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'H',
    title: 'a set of DHCP options with DNS servers outside the VPC, past the DNS firewall',
    change: ({ network }) => {
      const options = add(network, 'Dhcp', 'AWS::EC2::DHCPOptions', {
        DomainName: 'eu-west-3.compute.internal',
        DomainNameServers: ['9.9.9.9', '149.112.112.112'],
      });
      add(network, 'DhcpOfTheVpc', 'AWS::EC2::VPCDHCPOptionsAssociation', { DhcpOptionsId: options, VpcId: vpcOf(network) });
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'H',
    title: 'a DNS firewall that allows text records of every name',
    change: ({ network }) => {
      const { properties } = resourceOfType(network, 'AWS::Route53Resolver::FirewallRuleGroup');
      const list = attribute(resourceOfType(network, 'AWS::Route53Resolver::FirewallDomainList', 'DnsFirewallEveryName').id, 'Id');
      append(properties, dnsRules, { Action: 'ALLOW', FirewallDomainListId: list, Priority: 90, Qtype: 'TXT' });
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'I',
    title: 'an interface endpoint of a service of another account in the private subnets',
    change: ({ network }) => {
      add(network, 'EndpointsVendor', 'AWS::EC2::VPCEndpoint', {
        PrivateDnsEnabled: true,
        SecurityGroupIds: [attribute(resourceOfType(network, 'AWS::EC2::SecurityGroup', 'EndpointsSecurityGroup').id, 'GroupId')],
        ServiceName: 'com.amazonaws.vpce.eu-west-3.vpce-svc-0f1e2d3c4b5a69788',
        SubnetIds: [1, 2, 3].map((zone) => subnet(network, 'private', zone)),
        VpcEndpointType: 'Interface',
        VpcId: vpcOf(network),
      });
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'F',
    title: 'a gateway endpoint of S3 that admits requests without a principal',
    change: ({ network }) =>
      rewrite(
        resourceOfType(network, 'AWS::EC2::VPCEndpoint', 'EndpointsS3').resource,
        '"StringEquals":{"aws:PrincipalAccount"',
        '"ForAllValues:StringEquals":{"aws:PrincipalAccount"',
      ),
  },
  {
    clause: 'TOM-4.2',
    kind: 'I',
    title: 'a private hosted zone that answers for the host names of the database',
    change: ({ network }) => {
      add(network, 'DatabaseNames', 'AWS::Route53::HostedZone', {
        Name: 'eu-west-3.rds.amazonaws.com',
        VPCs: [{ VPCId: vpcOf(network), VPCRegion: ref('AWS::Region') }],
      });
    },
  },
];
