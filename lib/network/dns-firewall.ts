// The DNS firewall: only allowed names resolve, responses are validated, every query is logged.
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CfnFirewallConfig,
  CfnFirewallDomainList,
  CfnFirewallRuleGroup,
  CfnFirewallRuleGroupAssociation,
  CfnResolverDNSSECConfig,
  CfnResolverQueryLoggingConfig,
  CfnResolverQueryLoggingConfigAssociation,
} from 'aws-cdk-lib/aws-route53resolver';
import { Construct } from 'constructs';
import type { Site } from '../config/site';
import { serves } from '../labels/labels';
import { newerThanCfnLint } from '../labels/linter';
import { resolvableNames } from './allowed-domains';

export interface DnsFirewallProps {
  readonly site: Site;
  readonly vpcId: string;
  /** Receives every query of the VPC with its response and the action of the firewall. (TOM-3.6) */
  readonly queryLog: ILogGroup;
}

const nxdomain = { action: 'BLOCK', blockResponse: 'NXDOMAIN' };

/**
 * On with and without a network firewall: a query that fails prevents its connection at the lowest cost, and DNS
 * itself is a route to the internet that network ACLs and the network firewall do not filter (Amazon VPC User Guide,
 * "Network ACL basics"). A private hosted zone that a later stack associates with the VPC must be added to the names:
 * the firewall filters those queries too.
 *
 * The association has no mutation protection, because that also applies to CloudFormation: a rollback, update or
 * deletion of the stack would fail. The permissions boundary denies all of these changes to workloads
 * (boundary-statements.ts).
 */
export class DnsFirewall extends Construct {
  /** Writes the query log; depends on the resource policy that allows the log delivery. */
  readonly logging: Construct;

  constructor(scope: Construct, id: string, props: DnsFirewallProps) {
    super(scope, id);
    serves(this, 'TOM-6.6');
    this.addRules(props);
    new CfnResolverDNSSECConfig(this, 'Validation', { resourceId: props.vpcId });
    this.logging = new Construct(this, 'QueryLogging');
    serves(this.logging, 'TOM-3.6');
    this.logQueries(props);
  }

  private addRules({ site, vpcId }: DnsFirewallProps): void {
    const allowed = new CfnFirewallDomainList(this, 'AllowedNames', {
      name: `${site.deployment}-allowed-names`,
      domains: resolvableNames(site.region, site.settings.network.vpcCidr, site.settings.network.allowedDomains),
    });
    const everything = new CfnFirewallDomainList(this, 'EveryName', { name: `${site.deployment}-every-name`, domains: ['*'] });
    const rules = new CfnFirewallRuleGroup(this, 'Rules', {
      name: `${site.deployment}-dns`,
      firewallRules: [
        // First, because a tunnel or a generated name can be below an allowed domain. Only with high confidence: names
        // of buckets and endpoints resemble generated ones, and the last rule blocks all names that are not listed.
        { priority: 100, ...nxdomain, dnsThreatProtection: 'DNS_TUNNELING', confidenceThreshold: 'HIGH' },
        { priority: 110, ...nxdomain, dnsThreatProtection: 'DGA', confidenceThreshold: 'HIGH' },
        {
          priority: 200,
          action: 'ALLOW',
          firewallDomainListId: allowed.attrId,
          // An allowed name may be an alias of any other name, as those of AWS services are.
          firewallDomainRedirectionAction: 'TRUST_REDIRECTION_DOMAIN',
        },
        { priority: 300, ...nxdomain, firewallDomainListId: everything.attrId },
      ],
    });
    new CfnFirewallRuleGroupAssociation(this, 'Association', {
      name: `${site.deployment}-dns`,
      vpcId,
      firewallRuleGroupId: rules.attrId,
      priority: 200,
    });
    // While the firewall does not respond, no name resolves.
    const failClosed = new CfnFirewallConfig(this, 'FailClosed', { resourceId: vpcId, firewallFailOpen: 'DISABLED' });
    newerThanCfnLint(failClosed, 'AWS::Route53Resolver::FirewallConfig', 'E3006');
  }

  private logQueries({ site, vpcId, queryLog }: DnsFirewallProps): void {
    const config = new CfnResolverQueryLoggingConfig(this.logging, 'Config', {
      name: `${site.deployment}-dns-queries`,
      destinationArn: queryLog.logGroupArn,
    });
    new CfnResolverQueryLoggingConfigAssociation(this.logging, 'Association', {
      resolverQueryLogConfigId: config.attrId,
      resourceId: vpcId,
    });
  }
}
