// The filters of what leaves the network: the network firewall and the DNS firewall.
import { add, attribute, type Challenge, itemOf, listAt, put, ref, resourceOfType, section } from '../challenge';

const firewall = 'AWS::NetworkFirewall::Firewall';
const policy = 'AWS::NetworkFirewall::FirewallPolicy';
const group = 'AWS::NetworkFirewall::RuleGroup';
const names = 'AWS::Route53Resolver::FirewallDomainList';
const dns = 'AWS::Route53Resolver::FirewallRuleGroup';
const list = 'RuleGroup/RulesSource/RulesSourceList';

export const egressChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-6.6',
    kind: 'J',
    title: 'a firewall policy that reports and does not drop',
    change({ network }) {
      put(resourceOfType(network, policy).properties, 'FirewallPolicy/StatefulDefaultActions', ['aws:alert_established_app_layer']);
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'J',
    title: 'a firewall policy that passes fragments',
    change({ network }) {
      put(resourceOfType(network, policy).properties, 'FirewallPolicy/StatelessFragmentDefaultActions', ['aws:pass']);
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'J',
    title: 'a firewall policy that continues streams whose state it has lost',
    change({ network }) {
      put(resourceOfType(network, policy).properties, 'FirewallPolicy/StatefulEngineOptions/StreamExceptionPolicy', 'CONTINUE');
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'J',
    title: 'a list of allowed domains with a domain of every customer of AWS',
    change({ network }) {
      listAt(resourceOfType(network, group).properties, `${list}/Targets`).push('.amazonaws.com');
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'J',
    title: 'a list of domains that denies in place of allowing',
    change({ network }) {
      put(resourceOfType(network, group).properties, `${list}/GeneratedRulesType`, 'DENYLIST');
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'I',
    title: 'a second rule group of the firewall, in front of the first, that passes all',
    change({ network }) {
      add(network, 'Troubleshooting0A1B2C3D', group, {
        RuleGroupName: 'production-troubleshooting',
        Type: 'STATEFUL',
        Capacity: 10,
        RuleGroup: {
          RulesSource: { RulesString: 'pass ip 10.0.0.0/8 any -> any any (sid:1000001; rev:1;)' },
          StatefulRuleOptions: { RuleOrder: 'STRICT_ORDER' },
        },
      });
      listAt(resourceOfType(network, policy).properties, 'FirewallPolicy/StatefulRuleGroupReferences').unshift({
        Priority: 10,
        ResourceArn: attribute('Troubleshooting0A1B2C3D', 'RuleGroupArn'),
      });
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'I',
    title: 'a stateless rule group that passes web traffic before the inspection',
    change({ network }) {
      add(network, 'FastPath0A1B2C3D', group, {
        RuleGroupName: 'production-fast-path',
        Type: 'STATELESS',
        Capacity: 10,
        RuleGroup: {
          RulesSource: {
            StatelessRulesAndCustomActions: {
              StatelessRules: [
                {
                  Priority: 1,
                  RuleDefinition: {
                    Actions: ['aws:pass'],
                    MatchAttributes: { Protocols: [6], DestinationPorts: [{ FromPort: 443, ToPort: 443 }] },
                  },
                },
              ],
            },
          },
        },
      });
      put(resourceOfType(network, policy).properties, 'FirewallPolicy/StatelessRuleGroupReferences', [
        { Priority: 1, ResourceArn: attribute('FastPath0A1B2C3D', 'RuleGroupArn') },
      ]);
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'A',
    title: 'a firewall of the second zone with a policy that a parameter names',
    change({ network }) {
      section(network, 'Parameters').EgressPolicy = {
        Type: 'String',
        Default: 'arn:aws:network-firewall:eu-west-3:210987654321:firewall-policy/company-egress',
      };
      put(resourceOfType(network, firewall, 'EgressFirewallZone2').properties, 'FirewallPolicyArn', ref('EgressPolicy'));
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'B',
    title: 'a firewall of the third zone whose log configuration names the first',
    change({ network }) {
      const { id } = resourceOfType(network, firewall, 'EgressFirewallZone1');
      const { properties } = resourceOfType(network, 'AWS::NetworkFirewall::LoggingConfiguration', 'EgressFirewallLoggingZone3');
      put(properties, 'FirewallArn', attribute(id, 'FirewallArn'));
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'a firewall that logs flows and TLS and no alert',
    change({ network }) {
      const { properties } = resourceOfType(network, 'AWS::NetworkFirewall::LoggingConfiguration', 'EgressFirewallLoggingZone2');
      itemOf(properties, 'LoggingConfiguration/LogDestinationConfigs', { LogType: 'ALERT' }).LogType = 'TLS';
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'I',
    title: 'a first rule of the DNS firewall that allows every name',
    change({ network }) {
      const { id } = resourceOfType(network, names, 'DnsFirewallEveryName');
      listAt(resourceOfType(network, dns).properties, 'FirewallRules').push({
        Action: 'ALLOW',
        FirewallDomainListId: attribute(id, 'Id'),
        Priority: 50,
      });
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'J',
    title: 'a last rule of the DNS firewall for names that do not exist',
    change({ network }) {
      put(resourceOfType(network, names, 'DnsFirewallEveryName').properties, 'Domains', ['*.invalid']);
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'J',
    title: 'a DNS firewall that answers when it fails',
    change({ network }) {
      put(resourceOfType(network, 'AWS::Route53Resolver::FirewallConfig').properties, 'FirewallFailOpen', 'ENABLED');
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'J',
    title: 'a DNS firewall that allows every name in a top-level domain',
    change({ network }) {
      listAt(resourceOfType(network, names, 'DnsFirewallAllowedNames').properties, 'Domains').push('*.com');
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'I',
    title: 'a second association of the DNS firewall, in front of the first, with a group that allows',
    change({ network }) {
      const { id } = resourceOfType(network, names, 'DnsFirewallEveryName');
      add(network, 'OpenNames0A1B2C3D', dns, {
        Name: 'production-open',
        FirewallRules: [{ Action: 'ALLOW', FirewallDomainListId: attribute(id, 'Id'), Priority: 1 }],
      });
      add(network, 'OpenNamesOfVpc0A1B2C3D', 'AWS::Route53Resolver::FirewallRuleGroupAssociation', {
        FirewallRuleGroupId: attribute('OpenNames0A1B2C3D', 'Id'),
        Priority: 101,
        VpcId: ref(resourceOfType(network, 'AWS::EC2::VPC').id),
      });
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'I',
    title: 'a resolver rule that forwards names to a server outside',
    change({ network }) {
      const { id } = resourceOfType(network, 'AWS::EC2::VPC');
      add(network, 'Forward0A1B2C3D', 'AWS::Route53Resolver::ResolverRule', {
        DomainName: 'eu-west-3.amazonaws.com',
        RuleType: 'FORWARD',
        ResolverEndpointId: 'rslvr-out-0a1b2c3d4e5f60718',
        TargetIps: [{ Ip: '203.0.113.53', Port: '53' }],
      });
      add(network, 'ForwardOfVpc0A1B2C3D', 'AWS::Route53Resolver::ResolverRuleAssociation', {
        ResolverRuleId: attribute('Forward0A1B2C3D', 'ResolverRuleId'),
        VPCId: ref(id),
      });
    },
  },
];
