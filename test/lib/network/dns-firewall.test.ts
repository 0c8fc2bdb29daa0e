// The DNS firewall: tunnels blocked, listed names allowed, NXDOMAIN for all others; on with and without a network
// firewall.
import { Match } from 'aws-cdk-lib/assertions';
import { development, production, type Resource, resources } from './reading';

describe.each([
  ['with network firewall', production],
  ['without', development],
] as const)('%s', (_, made) => {
  const template = made();

  test('the rules block tunnels and generated names, then allow listed names, then block all others', () => {
    const lists = resources(template, 'AWS::Route53Resolver::FirewallDomainList');
    const domainsOf = (id: unknown) => lists[(id as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0]]?.Properties.Domains;
    const [group] = Object.values(resources(template, 'AWS::Route53Resolver::FirewallRuleGroup')) as [Resource];
    const rules = [...(group.Properties.FirewallRules as unknown as Record<string, unknown>[])].sort(
      (a, b) => Number(a.Priority) - Number(b.Priority),
    );
    expect(rules).toMatchObject([
      { Action: 'BLOCK', BlockResponse: 'NXDOMAIN', DnsThreatProtection: 'DNS_TUNNELING' },
      { Action: 'BLOCK', BlockResponse: 'NXDOMAIN', DnsThreatProtection: 'DGA' },
      { Action: 'ALLOW', FirewallDomainRedirectionAction: 'TRUST_REDIRECTION_DOMAIN' },
      { Action: 'BLOCK', BlockResponse: 'NXDOMAIN' },
    ]);
    expect(domainsOf(rules[2]?.FirewallDomainListId)).toContain('ssm.eu-west-3.amazonaws.com');
    expect(domainsOf(rules[3]?.FirewallDomainListId)).toEqual(['*']);
  });

  test('it is associated with the VPC without mutation protection, fails closed, and responses are validated', () => {
    const [vpc] = Object.keys(resources(template, 'AWS::EC2::VPC'));
    template.hasResourceProperties('AWS::Route53Resolver::FirewallRuleGroupAssociation', {
      VpcId: { Ref: vpc },
      MutationProtection: Match.absent(),
    });
    template.hasResourceProperties('AWS::Route53Resolver::FirewallConfig', { ResourceId: { Ref: vpc }, FirewallFailOpen: 'DISABLED' });
    template.hasResourceProperties('AWS::Route53Resolver::ResolverDNSSECConfig', { ResourceId: { Ref: vpc } });
  });

  test('every query of the VPC is logged', () => {
    const [vpc] = Object.keys(resources(template, 'AWS::EC2::VPC'));
    const [config] = Object.keys(resources(template, 'AWS::Route53Resolver::ResolverQueryLoggingConfig'));
    template.hasResourceProperties('AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation', {
      ResolverQueryLogConfigId: { 'Fn::GetAtt': [config, 'Id'] },
      ResourceId: { Ref: vpc },
    });
  });
});
