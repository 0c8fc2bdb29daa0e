// The firewalls: connections to the internet by domain, names of the DNS, and connections from the internet. (TOM-6.6,
// DSS-5.6.2)
import type { DeploymentFacts } from '../template/assembly';
import { type Declaration, declare } from './declaration';
import { by, harmless } from './form';
import { hasFirewall } from './network-addresses';
import { subnetName, vpc, zones } from './network-tiers';
import { tags } from './tags';

/** Services of AWS whose names of the region servers and functions may resolve and reach. */
const services = [
  ...['autoscaling', 'cloudformation', 'cognito-idp', 'ec2', 'ec2messages', 'events', 'guardduty-data', 'kinesis', 'kms', 'logs'],
  ...['monitoring', 'secretsmanager', 'sns', 'sqs', 'ssm', 'ssmmessages', 'sts'],
];

const serviceDomains = (region: string): readonly string[] => services.map((service) => `${service}.${region}.amazonaws.com`);

/** Domains of the network firewall; a leading dot admits subdomains too. */
export const firewallDomains = ({ region, settings }: DeploymentFacts): readonly string[] => [
  ...serviceDomains(region),
  ...settings.network.allowedDomains,
];

/** Names of the DNS firewall; `*.` admits the subdomains. */
export function resolvableNames({ region, settings: { network } }: DeploymentFacts): readonly string[] {
  const [first, second] = network.vpcCidr.split('.');
  return [
    ...serviceDomains(region),
    `*.control-kinesis.${region}.amazonaws.com`,
    `*.data-kinesis.${region}.amazonaws.com`,
    `dynamodb.${region}.amazonaws.com`,
    `*.ddb.${region}.amazonaws.com`,
    `s3.${region}.amazonaws.com`,
    `*.s3.${region}.amazonaws.com`,
    `*.s3.dualstack.${region}.amazonaws.com`,
    `*.${region}.rds.amazonaws.com`,
    `*.${region}.compute.internal`,
    `*.${second}.${first}.in-addr.arpa`,
    ...network.allowedDomains.flatMap((domain) => (domain.startsWith('.') ? [domain.slice(1), `*${domain}`] : [domain])),
  ];
}

const rules = '${network/EgressFirewallAllowedDomains.RuleGroupArn}';
/**
 * In production the firewall cannot be deleted, moved or given another policy without a first deployment that allows
 * it.
 */
const inProduction = by(({ facts }) => facts.environment === 'production');
const where = { when: hasFirewall };

const egressFirewall: readonly Declaration[] = [
  declare(
    'AWS::NetworkFirewall::RuleGroup',
    'network/EgressFirewallAllowedDomains',
    {
      // Capacity cannot change later; 100 domains and the services need less ("Rule groups", capacity).
      Capacity: 1000,
      Description: harmless,
      RuleGroup: {
        RulesSource: {
          RulesSourceList: {
            GeneratedRulesType: 'ALLOWLIST',
            TargetTypes: ['TLS_SNI', 'HTTP_HOST'],
            Targets: by(({ facts }) => firewallDomains(facts)),
          },
        },
        StatefulRuleOptions: { RuleOrder: 'STRICT_ORDER' },
      },
      RuleGroupName: '<deployment>-allowed-domains',
      Tags: tags(),
      Type: 'STATEFUL',
    },
    where,
  ),
  declare(
    'AWS::NetworkFirewall::FirewallPolicy',
    'network/EgressFirewallPolicy',
    {
      Description: harmless,
      FirewallPolicy: {
        StatefulDefaultActions: ['aws:drop_established_app_layer', 'aws:alert_established_app_layer'],
        StatefulEngineOptions: { RuleOrder: 'STRICT_ORDER', StreamExceptionPolicy: 'DROP' },
        StatefulRuleGroupReferences: [{ Priority: 100, ResourceArn: rules }],
        StatelessDefaultActions: ['aws:forward_to_sfe'],
        StatelessFragmentDefaultActions: ['aws:forward_to_sfe'],
      },
      FirewallPolicyName: '<deployment>-egress',
      Tags: tags(),
    },
    where,
  ),
  declare(
    'AWS::NetworkFirewall::Firewall',
    'network/EgressFirewallZone<zone>',
    {
      DeleteProtection: inProduction,
      Description: harmless,
      FirewallName: '<deployment>-egress-<zone>',
      FirewallPolicyArn: '${network/EgressFirewallPolicy.FirewallPolicyArn}',
      FirewallPolicyChangeProtection: inProduction,
      SubnetChangeProtection: inProduction,
      SubnetMappings: [{ IPAddressType: 'IPV4', SubnetId: `\${${subnetName('firewall', '<zone>')}}` }],
      Tags: tags(),
      VpcId: vpc,
    },
    { ...where, variables: { zone: zones } },
  ),
];

const blocked = { Action: 'BLOCK', BlockResponse: 'NXDOMAIN' };
const blockedThreat = (kind: string, priority: number) => ({
  ...blocked,
  ConfidenceThreshold: 'HIGH',
  DnsThreatProtection: kind,
  Priority: priority,
});

const dnsFirewall: readonly Declaration[] = [
  declare('AWS::Route53Resolver::FirewallDomainList', 'network/DnsFirewallAllowedNames', {
    Domains: by(({ facts }) => resolvableNames(facts)),
    Name: '<deployment>-allowed-names',
    Tags: tags(),
  }),
  declare('AWS::Route53Resolver::FirewallDomainList', 'network/DnsFirewallEveryName', {
    Domains: ['*'],
    Name: '<deployment>-every-name',
    Tags: tags(),
  }),
  declare('AWS::Route53Resolver::FirewallRuleGroup', 'network/DnsFirewallRules', {
    FirewallRules: [
      blockedThreat('DNS_TUNNELING', 100),
      blockedThreat('DGA', 110),
      {
        Action: 'ALLOW',
        FirewallDomainListId: '${network/DnsFirewallAllowedNames.Id}',
        FirewallDomainRedirectionAction: 'TRUST_REDIRECTION_DOMAIN',
        Priority: 200,
      },
      { ...blocked, FirewallDomainListId: '${network/DnsFirewallEveryName.Id}', Priority: 300 },
    ],
    Name: '<deployment>-dns',
    Tags: tags(),
  }),
  declare('AWS::Route53Resolver::FirewallRuleGroupAssociation', 'network/DnsFirewallAssociation', {
    FirewallRuleGroupId: '${network/DnsFirewallRules.Id}',
    Name: '<deployment>-dns',
    Priority: 200,
    Tags: tags(),
    VpcId: vpc,
  }),
  declare(
    'AWS::Route53Resolver::FirewallConfig',
    'network/DnsFirewallFailClosed',
    { FirewallFailOpen: 'DISABLED', ResourceId: vpc },
    { metadata: { 'cfn-lint': { config: { ignore_checks: ['E3006'] } } } },
  ),
  declare('AWS::Route53Resolver::ResolverDNSSECConfig', 'network/DnsFirewallValidation', { ResourceId: vpc }),
];

/** The block belongs to the account and region. Production holds it; elsewhere one deployment does. */
const blocksPublicAccess = ({ environment, settings }: DeploymentFacts): boolean =>
  environment === 'production' || settings.network.blockPublicAccess;

const publicAccess: readonly Declaration[] = [
  declare(
    'AWS::EC2::VPCBlockPublicAccessOptions',
    'network/PublicAccessBlockOptions',
    { InternetGatewayBlockMode: 'block-ingress' },
    { when: blocksPublicAccess, dependsOn: zones.map((zone) => `\${network/PublicAccessBlockProxies${zone}}`) },
  ),
  declare(
    'AWS::EC2::VPCBlockPublicAccessExclusion',
    'network/PublicAccessBlockProxies<zone>',
    { InternetGatewayExclusionMode: 'allow-bidirectional', SubnetId: `\${${subnetName('public', '<zone>')}}`, Tags: tags() },
    { when: blocksPublicAccess, variables: { zone: zones } },
  ),
];

export const firewallDeclarations: readonly Declaration[] = [...egressFirewall, ...dnsFirewall, ...publicAccess];
