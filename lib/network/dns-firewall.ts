// The DNS firewall: only known names resolve, answers are validated, every query is logged.
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
  /** Takes every query of the VPC with its answer and the firewall's verdict. (TOM-3.6) */
  readonly queryLog: ILogGroup;
}

const nxdomain = { action: 'BLOCK', blockResponse: 'NXDOMAIN' };

/**
 * On whether or not there is a network firewall: a name that does not resolve is the cheapest connection to refuse, and DNS itself
 * is a way out that network ACLs and the network firewall do not see (Amazon VPC User Guide, "Network ACL basics"). A private zone
 * that a later stack associates with the VPC must be added to the names: the firewall judges those queries too.
 *
 * Without the mutation protection of the association, which stops CloudFormation too: no rollback, update or removal of the stack would
 * get past it. Workloads are kept from all of this by the permissions boundary (boundary-statements.ts).
 */
export class DnsFirewall extends Construct {
  /** What writes the query log; it needs the log delivery to be admitted first. */
  readonly logging: Construct;

  constructor(scope: Construct, id: string, props: DnsFirewallProps) {
    super(scope, id);
    serves(this, 'TOM-6.6');
    this.filter(props);
    new CfnResolverDNSSECConfig(this, 'Validation', { resourceId: props.vpcId });
    this.logging = new Construct(this, 'QueryLogging');
    serves(this.logging, 'TOM-3.6');
    this.log(props);
  }

  private filter({ site, vpcId }: DnsFirewallProps): void {
    const allowed = new CfnFirewallDomainList(this, 'AllowedNames', {
      name: `${site.deployment}-allowed-names`,
      domains: resolvableNames(site.region, site.settings.network.vpcCidr, site.settings.network.allowedDomains),
    });
    const everything = new CfnFirewallDomainList(this, 'EveryName', { name: `${site.deployment}-every-name`, domains: ['*'] });
    const rules = new CfnFirewallRuleGroup(this, 'Rules', {
      name: `${site.deployment}-dns`,
      firewallRules: [
        // First, because a tunnel or a generated name below an allowed domain is still one. Only what is certain: names of buckets and
        // endpoints look generated too, and whatever is not on the list is refused below.
        { priority: 100, ...nxdomain, dnsThreatProtection: 'DNS_TUNNELING', confidenceThreshold: 'HIGH' },
        { priority: 110, ...nxdomain, dnsThreatProtection: 'DGA', confidenceThreshold: 'HIGH' },
        {
          priority: 200,
          action: 'ALLOW',
          firewallDomainListId: allowed.attrId,
          // An allowed name may be an alias of any other, as those of AWS services are.
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
    // When the firewall cannot answer, nothing resolves.
    const failClosed = new CfnFirewallConfig(this, 'FailClosed', { resourceId: vpcId, firewallFailOpen: 'DISABLED' });
    newerThanCfnLint(failClosed, 'AWS::Route53Resolver::FirewallConfig', 'E3006');
  }

  private log({ site, vpcId, queryLog }: DnsFirewallProps): void {
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
