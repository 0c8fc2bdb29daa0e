// The web application firewall of the load balancer, and its log.
import type { IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, ResourcePolicy, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { firewallLogName, firewallName } from '../config/names';
import type { Site } from '../config/site';
import { acknowledgeInPacks } from '../labels/exceptions';
import { classify, serves } from '../labels/labels';
import { removalOfNamedLog } from '../labels/retention';
import { firewallRules } from './firewall-rules';
import { visibilityConfig } from './firewall-statements';

export interface WebFirewallProps {
  readonly site: Site;
  readonly loadBalancer: IApplicationLoadBalancer;
  /** Encrypts the log. (TOM-5.5) */
  readonly key: IKey;
}

/** Headers with credentials of the client, and with the page of a hit, whose query string is collected data. */
const secretHeaders = ['authorization', 'cookie', 'referer'];

/**
 * Keeps every record but those of allowed requests. A label could not tell hits under a misspelt path from requests of
 * people, and the log of the load balancer has both, redacted. (TOM-4.13)
 */
const refusalsOnly = {
  DefaultBehavior: 'KEEP',
  Filters: [{ Behavior: 'DROP', Requirement: 'MEETS_ALL', Conditions: [{ ActionCondition: { Action: 'ALLOW' } }] }],
};

/**
 * Bodies are inspected up to 8 kB, the limit of a load balancer ("Managing body inspection size limits"); except on
 * collection paths longer bodies are blocked, so that no uninspected body passes.
 *
 * The log and the samples contain neither credentials nor query strings: the query strings of pixels are collected
 * data, which must be pseudonymised before storage (TOM-4.13), and those of people contain tokens.
 */
export class WebFirewall extends Construct {
  readonly webAcl: CfnWebACL;

  constructor(scope: Construct, id: string, { site, loadBalancer, key }: WebFirewallProps) {
    super(scope, id);
    serves(this, 'TOM-4.11', 'TOM-3.6', 'DSS-6.4.1');
    this.webAcl = new CfnWebACL(this, 'WebAcl', {
      name: firewallName(site),
      description: `Web ACL of the load balancer of ${site.deployment}`,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rules: firewallRules(site.settings.edge),
      visibilityConfig: visibilityConfig(firewallName(site)),
      dataProtectionConfig: {
        dataProtections: [
          { action: 'SUBSTITUTION', field: { fieldType: 'SINGLE_HEADER', fieldKeys: secretHeaders } },
          { action: 'SUBSTITUTION', field: { fieldType: 'QUERY_STRING' } },
        ],
      },
    });
    if (site.settings.edge.cloudflare?.hitFirewall === 'cloudflare') this.leaveOut(loadBalancer);
    else new CfnWebACLAssociation(this, 'Association', { resourceArn: loadBalancer.loadBalancerArn, webAclArn: this.webAcl.attrArn });
    this.addLog(site, key);
  }

  /**
   * AWS WAF bills each request that a web ACL inspects, and a load balancer has one web ACL for all of its paths. It
   * forwards hits alone. The web ACL stays without an association, for which it costs a few dollars: its log has a
   * name that a new one could not take in production. (TOM-4.11)
   */
  private leaveOut(loadBalancer: IApplicationLoadBalancer): void {
    const reason =
      "Cloudflare's firewall inspects every request; the load balancer admits Cloudflare's certificate only, and forwards hits alone.";
    acknowledgeInPacks(loadBalancer, { rule: 'ALBWAFEnabled', reason });
  }

  private addLog(site: Site, key: IKey): void {
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: firewallLogName(site),
      encryptionKey: key,
      // As long as whole addresses in the log of the load balancer. (TOM-4.13)
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: removalOfNamedLog(site),
    });
    serves(logGroup, 'TOM-3.6', 'TOM-5.5');
    classify(logGroup, 'personal');
    const logging = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAcl.attrArn,
      logDestinationConfigs: [logGroup.logGroupArn],
      redactedFields: [...secretHeaders.map((name) => ({ singleHeader: { Name: name } })), { queryString: {} }],
      loggingFilter: refusalsOnly,
    });
    logging.node.addDependency(this.deliveryPolicy(site, logGroup));
  }

  /**
   * Without this policy WAF creates one of its own, for every log group with that prefix ("Sending logs to CloudWatch
   * Logs").
   */
  private deliveryPolicy(site: Site, logGroup: LogGroup): ResourcePolicy {
    const { account, region, partition } = Stack.of(this);
    return new ResourcePolicy(this, 'Delivery', {
      resourcePolicyName: `${firewallName(site)}-log-delivery`,
      policyStatements: [
        new PolicyStatement({
          principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [logGroup.logGroupArn],
          conditions: {
            StringEquals: { 'aws:SourceAccount': account },
            ArnLike: { 'aws:SourceArn': `arn:${partition}:logs:${region}:${account}:*` },
          },
        }),
      ],
    });
  }
}
