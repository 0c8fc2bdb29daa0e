// A network over two zones that complies with every rule. Tests break one property of it.
import type { JsonObject, ResourceJson } from '../../../../../lib/tom/template/assembly';
import { att, type Resources, ref, resource } from '../example';

const tiers = ['public', 'private', 'functions', 'isolated', 'egress', 'firewall'] as const;
const tierCidr = { public: '10.0.0', private: '10.0.1', functions: '10.0.2', isolated: '10.0.3', egress: '10.0.4', firewall: '10.0.5' };

export const zone = (number: number): JsonObject => ({ 'Fn::Select': [number, { 'Fn::GetAZs': '' }] });

export const endpointOf = (firewall: string): JsonObject => ({
  'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::Select': [0, att(firewall, 'EndpointIds')] }] }],
});

function subnet(tier: (typeof tiers)[number], number: number): Resources {
  const id = `${tier}${number}`;
  return {
    [id]: resource('AWS::EC2::Subnet', {
      AvailabilityZone: zone(number),
      CidrBlock: `${tierCidr[tier]}.${number * 16}/28`,
      MapPublicIpOnLaunch: false,
      Tags: [{ Key: 'aws-cdk:subnet-name', Value: tier }],
      VpcId: ref('Vpc'),
    }),
    [`${id}Table`]: resource('AWS::EC2::RouteTable', { VpcId: ref('Vpc') }),
    [`${id}Routes`]: resource('AWS::EC2::SubnetRouteTableAssociation', { RouteTableId: ref(`${id}Table`), SubnetId: ref(id) }),
    [`${id}Acl`]: resource('AWS::EC2::SubnetNetworkAclAssociation', { NetworkAclId: ref(`${tier}List`), SubnetId: ref(id) }),
  };
}

const route = (table: string, target: JsonObject, destination = '0.0.0.0/0'): ResourceJson =>
  resource('AWS::EC2::Route', { RouteTableId: ref(`${table}Table`), DestinationCidrBlock: destination, ...target });

function wayOut(number: number): Resources {
  const through = { VpcEndpointId: endpointOf(`Firewall${number}`) };
  return {
    [`publicOut${number}`]: route(`public${number}`, { GatewayId: ref('Internet') }),
    [`egressOut${number}`]: route(`egress${number}`, { GatewayId: ref('Internet') }),
    [`firewallOut${number}`]: route(`firewall${number}`, { NatGatewayId: ref(`Nat${number}`) }),
    [`privateOut${number}`]: route(`private${number}`, through),
    [`functionsOut${number}`]: route(`functions${number}`, through),
    [`privateBack${number}`]: route(`egress${number}`, through, `${tierCidr.private}.${number * 16}/28`),
    [`functionsBack${number}`]: {
      ...route(`egress${number}`, through),
      Properties: { ...route(`egress${number}`, through).Properties, DestinationCidrBlock: att(`functions${number}`, 'CidrBlock') },
    },
    [`Address${number}`]: resource('AWS::EC2::EIP', { Domain: 'vpc' }),
    [`Nat${number}`]: resource('AWS::EC2::NatGateway', {
      SubnetId: ref(`egress${number}`),
      AllocationId: att(`Address${number}`, 'AllocationId'),
    }),
    [`Firewall${number}`]: resource('AWS::NetworkFirewall::Firewall', {
      FirewallPolicyArn: att('Policy'),
      SubnetMappings: [{ SubnetId: ref(`firewall${number}`) }],
      VpcId: ref('Vpc'),
      DeleteProtection: true,
      SubnetChangeProtection: true,
      FirewallPolicyChangeProtection: true,
    }),
    [`FirewallLogs${number}`]: resource('AWS::NetworkFirewall::LoggingConfiguration', {
      FirewallArn: ref(`Firewall${number}`),
      LoggingConfiguration: {
        LogDestinationConfigs: ['ALERT', 'FLOW'].map((LogType) => ({
          LogType,
          LogDestinationType: 'CloudWatchLogs',
          LogDestination: { logGroup: ref('Log') },
        })),
      },
    }),
  };
}

const filtering: Resources = {
  Policy: resource('AWS::NetworkFirewall::FirewallPolicy', {
    FirewallPolicy: {
      StatelessDefaultActions: ['aws:forward_to_sfe'],
      StatelessFragmentDefaultActions: ['aws:forward_to_sfe'],
      StatefulDefaultActions: ['aws:drop_established_app_layer', 'aws:alert_established_app_layer'],
      StatefulEngineOptions: { RuleOrder: 'STRICT_ORDER', StreamExceptionPolicy: 'DROP' },
      StatefulRuleGroupReferences: [{ ResourceArn: att('Domains', 'RuleGroupArn'), Priority: 100 }],
    },
  }),
  Domains: resource('AWS::NetworkFirewall::RuleGroup', {
    Type: 'STATEFUL',
    RuleGroup: {
      RulesSource: {
        RulesSourceList: {
          GeneratedRulesType: 'ALLOWLIST',
          TargetTypes: ['TLS_SNI', 'HTTP_HOST'],
          Targets: ['ssm.eu-west-3.amazonaws.com', '.example.org'],
        },
      },
      StatefulRuleOptions: { RuleOrder: 'STRICT_ORDER' },
    },
  }),
};

const names: Resources = {
  Allowed: resource('AWS::Route53Resolver::FirewallDomainList', { Domains: ['*.example.org', 'ssm.eu-west-3.amazonaws.com'] }),
  Everything: resource('AWS::Route53Resolver::FirewallDomainList', { Domains: ['*'] }),
  Names: resource('AWS::Route53Resolver::FirewallRuleGroup', {
    FirewallRules: [
      { Priority: 300, Action: 'BLOCK', BlockResponse: 'NXDOMAIN', FirewallDomainListId: att('Everything', 'Id') },
      { Priority: 200, Action: 'ALLOW', FirewallDomainListId: att('Allowed', 'Id') },
    ],
  }),
  NamesOfVpc: resource('AWS::Route53Resolver::FirewallRuleGroupAssociation', {
    VpcId: ref('Vpc'),
    FirewallRuleGroupId: att('Names', 'Id'),
    Priority: 200,
  }),
  FailClosed: resource('AWS::Route53Resolver::FirewallConfig', { ResourceId: ref('Vpc'), FirewallFailOpen: 'DISABLED' }),
};

const records: Resources = {
  Log: resource('AWS::Logs::LogGroup', {}),
  Flows: resource('AWS::EC2::FlowLog', { ResourceId: ref('Vpc'), ResourceType: 'VPC', TrafficType: 'ALL', LogDestination: att('Log') }),
  Queries: resource('AWS::Route53Resolver::ResolverQueryLoggingConfig', { DestinationArn: att('Log') }),
  QueriesOfVpc: resource('AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation', {
    ResourceId: ref('Vpc'),
    ResolverQueryLogConfigId: att('Queries', 'Id'),
  }),
};

/** An entry of a network ACL. */
export function entry(
  list: string,
  number: number,
  action: 'allow' | 'deny',
  peer: string,
  ports: [number, number],
  rest: JsonObject = {},
): ResourceJson {
  return resource('AWS::EC2::NetworkAclEntry', {
    NetworkAclId: ref(list),
    RuleNumber: number,
    RuleAction: action,
    Protocol: 6,
    Egress: false,
    ...(peer.includes(':') ? { Ipv6CidrBlock: peer } : { CidrBlock: peer }),
    PortRange: { From: ports[0], To: ports[1] },
    ...rest,
  });
}

const lists: Resources = {
  ...Object.fromEntries(tiers.map((tier) => [`${tier}List`, resource('AWS::EC2::NetworkAcl', { VpcId: ref('Vpc') })])),
  publicHttps: entry('publicList', 10, 'allow', '0.0.0.0/0', [443, 443]),
  publicHttps6: entry('publicList', 20, 'allow', '::/0', [443, 443]),
  privateApplication: entry('privateList', 10, 'allow', '10.0.0.0/24', [8080, 8089]),
  privateNoSsh: entry('privateList', 20, 'deny', '0.0.0.0/0', [22, 22]),
  privateAnswers: entry('privateList', 40, 'allow', '0.0.0.0/0', [32_768, 60_999]),
  functionsNoDesktop: entry('functionsList', 10, 'deny', '0.0.0.0/0', [3389, 3389]),
  functionsAnswers: entry('functionsList', 20, 'allow', '0.0.0.0/0', [1024, 65_535]),
  egressAnswers: entry('egressList', 20, 'allow', '0.0.0.0/0', [1024, 65_535]),
  isolatedQueries: entry('isolatedList', 10, 'allow', '10.0.1.0/24', [5432, 5432]),
};

/** The whole network. */
export const network: Resources = {
  Vpc: resource('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' }),
  Internet: resource('AWS::EC2::InternetGateway'),
  ...Object.assign({}, ...tiers.flatMap((tier) => [subnet(tier, 0), subnet(tier, 1)])),
  ...wayOut(0),
  ...wayOut(1),
  ...filtering,
  ...names,
  ...records,
  ...lists,
  Empty: resource('Custom::VpcRestrictDefaultSG', { SecurityGroupId: att('Vpc', 'DefaultSecurityGroup'), ServiceToken: att('Emptying') }),
  Emptying: resource('AWS::Lambda::Function', {}),
};
