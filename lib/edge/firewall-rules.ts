// The rules of the web application firewall, in the order of their evaluation.
import type { Settings } from '../config/settings/settings';
import { visitorAddressHeader } from './cloudflare-ranges';
import {
  andStatement,
  blockAction,
  managedGroupRule,
  notStatement,
  pathStatement,
  type Rule,
  type Statement,
  visibilityConfig,
} from './firewall-statements';
import { batchPaths, collectionPaths, hitPaths } from './paths';

/**
 * Rules of the core rule set that inspect the content of a hit, and would block legitimate hits:
 *
 * - URLs, referrers and search terms of any site, in the query string of a pixel or in a JSON body: with `../`, `.log`
 *   or `<b>` in them, with an address as host (`http://203.0.113.7/`), longer than 2 kB. Collectors store them and
 *   never follow, open or show them.
 * - Bodies over 8 kB, as every batch has. Collectors limit them (413).
 * - Cookies that other applications of the parent domain set, which browsers send along.
 * - Requests of servers without a user agent.
 *
 * On collection paths these rules only label; on all other paths the rule after the group blocks the labelled
 * requests. Source: "Baseline rule groups" of the AWS WAF Developer Guide.
 */
const rulesThatInspectHits = [
  'NoUserAgent_HEADER',
  'SizeRestrictions_QUERYSTRING',
  'SizeRestrictions_Cookie_HEADER',
  'SizeRestrictions_BODY',
  'EC2MetaDataSSRF_BODY',
  'EC2MetaDataSSRF_COOKIE',
  'EC2MetaDataSSRF_QUERYARGUMENTS',
  'GenericLFI_QUERYARGUMENTS',
  'GenericLFI_BODY',
  'RestrictedExtensions_QUERYARGUMENTS',
  'GenericRFI_QUERYARGUMENTS',
  'GenericRFI_BODY',
  'CrossSiteScripting_COOKIE',
  'CrossSiteScripting_QUERYARGUMENTS',
  'CrossSiteScripting_BODY',
] as const;

type EdgeSettings = Settings['edge'];

/**
 * Rate rules come before the rule groups, so that a flood is blocked at the lowest cost, and address lists before the
 * groups that inspect content. Behind Cloudflare the lists evaluate Cloudflare's addresses, of which they contain
 * none; Cloudflare has its own lists.
 */
export function firewallRules(edge: EdgeSettings): Rule[] {
  const rules = [
    ...(edge.cloudflare ? [{ name: 'visitor-address', ...visitorAddressRule() }] : []),
    { name: 'rate-hits', ...rateRule(edge, edge.rateLimits.hits, pathStatement(hitPaths)) },
    { name: 'rate-batches', ...rateRule(edge, edge.rateLimits.hitBatches, pathStatement(batchPaths)) },
    { name: 'rate-others', ...rateRule(edge, edge.rateLimits.others, notStatement(pathStatement(collectionPaths))) },
    { name: 'reputation', ...managedGroupRule({ name: 'AWSManagedRulesAmazonIpReputationList', blocks: true }) },
    // Hosting providers are on this list: servers send batches from there. Visitors behind a VPN are no attackers.
    { name: 'anonymous', ...managedGroupRule({ name: 'AWSManagedRulesAnonymousIpList', blocks: false }) },
    // No legitimate hit contains a Log4j lookup or a serialized Java object: this group applies to every path.
    { name: 'bad-inputs', ...managedGroupRule({ name: 'AWSManagedRulesKnownBadInputsRuleSet', blocks: true }) },
    { name: 'core', ...managedGroupRule({ name: 'AWSManagedRulesCommonRuleSet', blocks: true, labelOnly: rulesThatInspectHits }) },
    { name: 'core-elsewhere', ...coreElsewhereRule() },
    // Search terms and URLs often resemble SQL; the program that stores hits binds every value.
    {
      name: 'sql',
      ...managedGroupRule({ name: 'AWSManagedRulesSQLiRuleSet', blocks: true, scope: notStatement(pathStatement(collectionPaths)) }),
    },
  ];
  return rules.map((rule, priority) => ({ ...rule, priority, visibilityConfig: visibilityConfig(rule.name) }));
}

type UnnumberedRule = Omit<Rule, 'name' | 'priority' | 'visibilityConfig'>;

/**
 * Aggregated by the address of the client; behind Cloudflare, by the address in Cloudflare's header, which no other
 * client can forge because the load balancer admits only Cloudflare. A header without a valid address counts as over
 * the limit.
 */
function rateRule({ cloudflare, rateLimits }: EdgeSettings, limit: number, scopeDownStatement: Statement): UnnumberedRule {
  return {
    action: blockAction(429, { 'Retry-After': String(rateLimits.windowSeconds) }),
    statement: {
      rateBasedStatement: {
        limit,
        evaluationWindowSec: rateLimits.windowSeconds,
        scopeDownStatement,
        ...(cloudflare
          ? { aggregateKeyType: 'FORWARDED_IP', forwardedIpConfig: { headerName: visitorAddressHeader, fallbackBehavior: 'MATCH' } }
          : { aggregateKeyType: 'IP' }),
      },
    },
  };
}

/**
 * WAF does not apply a rate rule to a request without the header ("Using forwarded IP addresses"), so the header is
 * required.
 */
function visitorAddressRule(): UnnumberedRule {
  const headerPresent: Statement = {
    sizeConstraintStatement: {
      fieldToMatch: { singleHeader: { Name: visitorAddressHeader } },
      comparisonOperator: 'GT',
      size: 0,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
  return { action: blockAction(400), statement: notStatement(headerPresent) };
}

/**
 * Blocks requests that a rule of the core set labelled, except on collection paths. Rules of the set that block come
 * before.
 */
function coreElsewhereRule(): UnnumberedRule {
  const labelledByCore: Statement = { labelMatchStatement: { scope: 'NAMESPACE', key: 'awswaf:managed:aws:core-rule-set:' } };
  return { action: blockAction(403), statement: andStatement(labelledByCore, notStatement(pathStatement(collectionPaths))) };
}
