// The network firewall in the way out: lets only the allowed domains pass, and logs what it sees.

import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnFirewall, CfnFirewallPolicy, CfnLoggingConfiguration, CfnRuleGroup } from 'aws-cdk-lib/aws-networkfirewall';
import { Fn } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Site } from '../config/site';
import { serves } from '../labels/labels';
import { firewallDomains } from './allowed-domains';
import type { ThreeZoneVpc } from './three-zone-vpc';

export interface EgressFirewallProps {
  readonly site: Site;
  readonly vpc: ThreeZoneVpc;
  /** Takes what the firewall refused. (TOM-3.6) */
  readonly alertLog: ILogGroup;
  /** Takes every connection that the firewall saw. (TOM-3.6) */
  readonly flowLog: ILogGroup;
}

/** Room for the domain list; fixed, because changing it replaces the rule group. A domain takes two rules, one a protocol. */
const ruleCapacity = 1000;

/**
 * One firewall a zone, all with the same policy, instead of one over all zones. The endpoints of a firewall are an attribute list
 * of `<zone>:<endpoint>` in no promised order, which CloudFormation cannot search (aws-cloudformation-resource-providers-
 * networkfirewall, issue 15); with a single endpoint there is nothing to mistake, and a rule can follow each route to its zone on
 * the template. It costs the same, since endpoints are what is paid for, and a change to one zone's firewall leaves the others alone.
 * Two limits: five firewalls in a region unless the quota is raised, and the Security Hub control NetworkFirewall.1, which asks for
 * several zones in each firewall. The firewall encrypts its own settings with a key of AWS: CloudFormation has no property for ours.
 *
 * In production a firewall is protected from deletion and from a change of its subnet or policy, against CloudFormation as well: a first
 * deployment that fails once a firewall is made ends in ROLLBACK_FAILED until somebody turns the protection off by hand (`aws
 * network-firewall update-firewall-delete-protection --no-delete-protection`), and removing or moving one later takes two deployments,
 * of which the first turns it off. Workloads cannot (boundary-statements.ts).
 */
export class EgressFirewall extends Construct {
  /** The endpoint in each zone, in the order of the zones. */
  readonly endpointIds: readonly string[];
  /** What writes the logs; it needs the log delivery to be admitted first. */
  readonly logging: Construct;

  constructor(scope: Construct, id: string, props: EgressFirewallProps) {
    super(scope, id);
    serves(this, 'TOM-6.6');
    this.logging = new Construct(this, 'Logging');
    serves(this.logging, 'TOM-3.6');
    const policyArn = this.policy(props.site).attrFirewallPolicyArn;
    this.endpointIds = props.vpc.tier('firewall').map((subnet, zone) => {
      const firewall = this.firewall(zone + 1, props, policyArn, subnet.subnetId);
      this.log(zone + 1, props, firewall);
      const zoneAndEndpoint = Fn.select(0, firewall.attrEndpointIds);
      return Fn.select(1, Fn.split(':', zoneAndEndpoint));
    });
  }

  /**
   * Rules in strict order, all that no rule passes is dropped. The default action waits for the application layer: the name of a TLS
   * greeting can stand in its second segment, since the key share of X25519MLKEM768 alone is 1,216 bytes, which Node.js 24 sends.
   * `drop_established` drops the first segment. What is not TCP does not get here, "packet too big" excepted (acl-tables.ts):
   * Suricata counts that to the connection which it is an answer to. (Network Firewall Developer Guide, "Managing evaluation order for
   * Suricata compatible rules", strict order)
   */
  private policy(site: Site): CfnFirewallPolicy {
    const rules = new CfnRuleGroup(this, 'AllowedDomains', {
      ruleGroupName: `${site.deployment}-allowed-domains`,
      description: 'Domains that servers may reach: the AWS services of the region, and network.allowedDomains',
      type: 'STATEFUL',
      capacity: ruleCapacity,
      ruleGroup: {
        rulesSource: {
          rulesSourceList: {
            generatedRulesType: 'ALLOWLIST',
            targetTypes: ['TLS_SNI', 'HTTP_HOST'],
            targets: firewallDomains(site.region, site.settings.network.allowedDomains),
          },
        },
        statefulRuleOptions: { ruleOrder: 'STRICT_ORDER' },
      },
    });
    return new CfnFirewallPolicy(this, 'Policy', {
      firewallPolicyName: `${site.deployment}-egress`,
      description: 'Only the allowed domains pass; all else is dropped and logged',
      firewallPolicy: {
        statelessDefaultActions: ['aws:forward_to_sfe'],
        statelessFragmentDefaultActions: ['aws:forward_to_sfe'],
        statefulDefaultActions: ['aws:drop_established_app_layer', 'aws:alert_established_app_layer'],
        // What the engine has lost track of (it was replaced in mid-stream) is dropped, not let through.
        statefulEngineOptions: { ruleOrder: 'STRICT_ORDER', streamExceptionPolicy: 'DROP' },
        statefulRuleGroupReferences: [{ resourceArn: rules.attrRuleGroupArn, priority: 100 }],
      },
    });
  }

  private firewall(zone: number, { site, vpc }: EgressFirewallProps, firewallPolicyArn: string, subnetId: string): CfnFirewall {
    // Outside production the firewall can be switched off; a protected one would stop that deployment.
    const protectedFromChange = site.settings.environment === 'production';
    return new CfnFirewall(this, `Zone${zone}`, {
      firewallName: `${site.deployment}-egress-${zone}`,
      description: `Way out of zone ${zone}`,
      firewallPolicyArn,
      vpcId: vpc.vpcId,
      subnetMappings: [{ subnetId, ipAddressType: 'IPV4' }],
      deleteProtection: protectedFromChange,
      subnetChangeProtection: protectedFromChange,
      firewallPolicyChangeProtection: protectedFromChange,
    });
  }

  private log(zone: number, { alertLog, flowLog }: EgressFirewallProps, firewall: CfnFirewall): void {
    const destination = (logType: string, log: ILogGroup) => ({
      logType,
      logDestinationType: 'CloudWatchLogs',
      logDestination: { logGroup: log.logGroupName },
    });
    new CfnLoggingConfiguration(this.logging, `Zone${zone}`, {
      firewallArn: firewall.attrFirewallArn,
      loggingConfiguration: { logDestinationConfigs: [destination('ALERT', alertLog), destination('FLOW', flowLog)] },
    });
  }
}
