// The network firewall on the route to the internet: allows only the allowed domains, and logs its traffic.

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
  /** Receives the connections that the firewall dropped. (TOM-3.6) */
  readonly alertLog: ILogGroup;
  /** Receives every connection that reached the firewall. (TOM-3.6) */
  readonly flowLog: ILogGroup;
}

/**
 * Capacity for the domain list; fixed, because changing it replaces the rule group. A domain uses two rules, one per
 * protocol.
 */
const ruleCapacity = 1000;

/**
 * One firewall per zone, all with the same policy, instead of one over all zones. The endpoints of a firewall are an
 * attribute list of `<zone>:<endpoint>` in no documented order, which CloudFormation cannot search
 * (aws-cloudformation-resource-providers-networkfirewall, issue 15); a single endpoint is unambiguous, and a rule can
 * follow each route to its zone in the template. The cost is the same, since endpoints are billed, and a change to the
 * firewall of one zone does not affect the others. Two limits: a quota of five firewalls per region by default, and
 * the Security Hub control NetworkFirewall.1, which requires several zones in each firewall. The firewall encrypts its
 * configuration with a key that AWS owns: CloudFormation has no property for a customer managed key.
 *
 * In production a firewall is protected from deletion and from a change of its subnet or policy, including by
 * CloudFormation: a first deployment that fails after the creation of a firewall ends in ROLLBACK_FAILED until an
 * operator turns the protection off (`aws network-firewall update-firewall-delete-protection --no-delete-protection`),
 * and removing or moving one later takes two deployments, of which the first turns it off. The boundary denies this to
 * workloads (boundary-statements.ts).
 */
export class EgressFirewall extends Construct {
  /** The endpoint in each zone, in the order of the zones. */
  readonly endpointIds: readonly string[];
  /** Writes the logs; depends on the resource policy that allows the log delivery. */
  readonly logging: Construct;

  constructor(scope: Construct, id: string, props: EgressFirewallProps) {
    super(scope, id);
    serves(this, 'TOM-6.6');
    this.logging = new Construct(this, 'Logging');
    serves(this.logging, 'TOM-3.6');
    const policyArn = this.createPolicy(props.site).attrFirewallPolicyArn;
    this.endpointIds = props.vpc.tier('firewall').map((subnet, zone) => {
      const firewall = this.createFirewall(zone + 1, props, policyArn, subnet.subnetId);
      this.configureLogging(zone + 1, props, firewall);
      const zoneAndEndpoint = Fn.select(0, firewall.attrEndpointIds);
      return Fn.select(1, Fn.split(':', zoneAndEndpoint));
    });
  }

  /**
   * Rules are evaluated in strict order, and traffic that no rule passes is dropped. The default action waits for the
   * application layer: the server name of a TLS ClientHello can be in its second segment, since the X25519MLKEM768 key
   * share that Node.js 24 sends is 1,216 bytes alone. `drop_established` would drop the first segment. The network
   * ACLs let only TCP reach the firewall, and "packet too big" (acl-tables.ts), which Suricata assigns to the
   * connection that caused it. (Network Firewall Developer Guide, "Managing evaluation order for Suricata compatible
   * rules", strict order)
   */
  private createPolicy(site: Site): CfnFirewallPolicy {
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
      description: 'Passes the allowed domains; drops and logs all other traffic',
      firewallPolicy: {
        statelessDefaultActions: ['aws:forward_to_sfe'],
        statelessFragmentDefaultActions: ['aws:forward_to_sfe'],
        statefulDefaultActions: ['aws:drop_established_app_layer', 'aws:alert_established_app_layer'],
        // Connections of which the engine has lost the state (it was replaced in midstream) are dropped, not passed.
        statefulEngineOptions: { ruleOrder: 'STRICT_ORDER', streamExceptionPolicy: 'DROP' },
        statefulRuleGroupReferences: [{ resourceArn: rules.attrRuleGroupArn, priority: 100 }],
      },
    });
  }

  private createFirewall(zone: number, { site, vpc }: EgressFirewallProps, firewallPolicyArn: string, subnetId: string): CfnFirewall {
    // Outside production the firewall can be turned off; with protection, that deployment would fail.
    const protectedFromChange = site.settings.environment === 'production';
    return new CfnFirewall(this, `Zone${zone}`, {
      firewallName: `${site.deployment}-egress-${zone}`,
      description: `Egress of zone ${zone}`,
      firewallPolicyArn,
      vpcId: vpc.vpcId,
      subnetMappings: [{ subnetId, ipAddressType: 'IPV4' }],
      deleteProtection: protectedFromChange,
      subnetChangeProtection: protectedFromChange,
      firewallPolicyChangeProtection: protectedFromChange,
    });
  }

  private configureLogging(zone: number, { alertLog, flowLog }: EgressFirewallProps, firewall: CfnFirewall): void {
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
