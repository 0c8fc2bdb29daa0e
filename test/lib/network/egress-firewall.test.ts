// The network firewall: strict order, an allow list, all other traffic dropped; protected and logged.
import { Match, Template } from 'aws-cdk-lib/assertions';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { EgressFirewall } from '../../../lib/network/egress-firewall';
import { scratch, type Variant } from './network-fixture';
import { development, production, resources } from './reading';

/** A firewall with these settings. */
function firewall(variant: Variant): Template {
  const { stack, site, vpc } = scratch(variant);
  const log = new LogGroup(stack, 'Log');
  new EgressFirewall(stack, 'EgressFirewall', { site, vpc, alertLog: log, flowLog: log });
  return Template.fromStack(stack);
}

const template = firewall({ network: { allowedDomains: ['.example.org'] } });

test('only the allowed domains pass, in TLS and HTTP', () => {
  template.hasResourceProperties('AWS::NetworkFirewall::RuleGroup', {
    Type: 'STATEFUL',
    Capacity: 1000,
    RuleGroup: {
      RulesSource: {
        RulesSourceList: {
          GeneratedRulesType: 'ALLOWLIST',
          TargetTypes: ['TLS_SNI', 'HTTP_HOST'],
          Targets: Match.arrayWith(['ssm.eu-west-3.amazonaws.com', '.example.org']),
        },
      },
      StatefulRuleOptions: { RuleOrder: 'STRICT_ORDER' },
    },
  });
});

test('traffic that no rule passes is dropped and logged, and no traffic bypasses the rules', () => {
  template.hasResourceProperties('AWS::NetworkFirewall::FirewallPolicy', {
    FirewallPolicy: {
      StatelessDefaultActions: ['aws:forward_to_sfe'],
      StatelessFragmentDefaultActions: ['aws:forward_to_sfe'],
      StatefulDefaultActions: ['aws:drop_established_app_layer', 'aws:alert_established_app_layer'],
      StatefulEngineOptions: { RuleOrder: 'STRICT_ORDER', StreamExceptionPolicy: 'DROP' },
      StatelessRuleGroupReferences: Match.absent(),
    },
  });
});

test('each zone has a firewall of its own, protected against change in production', () => {
  template.resourceCountIs('AWS::NetworkFirewall::Firewall', 3);
  template.allResourcesProperties('AWS::NetworkFirewall::Firewall', {
    DeleteProtection: true,
    SubnetChangeProtection: true,
    FirewallPolicyChangeProtection: true,
  });
});

test('outside production it can be turned off', () => {
  firewall({ environment: 'staging' }).allResourcesProperties('AWS::NetworkFirewall::Firewall', { DeleteProtection: false });
  for (const type of ['Firewall', 'FirewallPolicy', 'RuleGroup', 'LoggingConfiguration'])
    development().resourceCountIs(`AWS::NetworkFirewall::${type}`, 0);
});

test('each firewall logs alerts and connections, to two log groups', () => {
  const logging = Object.values(resources(production(), 'AWS::NetworkFirewall::LoggingConfiguration'));
  expect(logging).toHaveLength(3);
  const names = Object.fromEntries(
    Object.entries(resources(production(), 'AWS::Logs::LogGroup')).map(([id, { Properties }]) => [id, Properties.LogGroupName]),
  );
  for (const { Properties } of logging) {
    const { LogDestinationConfigs: configs } = Properties.LoggingConfiguration as unknown as {
      LogDestinationConfigs: { LogType: string; LogDestination: { logGroup: { Ref: string } } }[];
    };
    const destinations = configs.map(({ LogType, LogDestination }) => [LogType, names[LogDestination.logGroup.Ref]]);
    expect(destinations).toEqual([
      ['ALERT', '/rempart/production/firewall-alerts'],
      ['FLOW', '/rempart/production/firewall-flows'],
    ]);
  }
});
