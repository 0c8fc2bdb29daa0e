// What the web application firewall does with a request, rule by rule, in the order in which they are asked.
import type { Settings } from '../config/settings/settings';
import { visitorAddressHeader } from './cloudflare-ranges';
import {
  andStatement,
  managedGroupRule,
  notStatement,
  pathIs,
  type Rule,
  refuse,
  type Statement,
  visibilityConfig,
} from './firewall-statements';
import { batchPaths, collectionPaths, hitPaths } from './paths';

/** Label of requests that bring hits, by which the log leaves out those that passed. */
export const collectionLabel = 'collection';

/**
 * Rules of the core rule set that look into what a hit carries, and would refuse hits of honest visitors:
 *
 * - URLs, referrers and search terms of any site, in the query string of a pixel or in a JSON body: with `../`, `.log` or `<b>` in them,
 *   with an address for a host (`http://203.0.113.7/`), longer than 2 kB. Collectors store them and never follow, open or show them.
 * - Bodies over 8 kB, as every batch has. Collectors bound them (413).
 * - Cookies that other applications of the parent domain set, which browsers send along.
 * - Requests of servers that name no user agent.
 *
 * On collection paths these rules label and nothing more; on all others the rule after the group refuses what they labelled.
 * Source: "Baseline rule groups" of the AWS WAF Developer Guide.
 */
const rulesThatReadHits = [
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
 * Rate rules stand before the groups, so that a flood is cut off where it costs least. The lists of addresses are asked before what
 * looks into requests. With Cloudflare in front, lists see Cloudflare's addresses, of which they hold none; Cloudflare has its own.
 */
export function firewallRules(edge: EdgeSettings): Rule[] {
  const rules = [
    ...(edge.cloudflare ? [{ name: 'visitor-address', ...visitorAddress() }] : []),
    { name: 'collection', ...labelRule(pathIs(collectionPaths), collectionLabel) },
    { name: 'rate-hits', ...rateRule(edge, edge.rateLimits.hits, pathIs(hitPaths)) },
    { name: 'rate-batches', ...rateRule(edge, edge.rateLimits.hitBatches, pathIs(batchPaths)) },
    { name: 'rate-others', ...rateRule(edge, edge.rateLimits.others, notStatement(pathIs(collectionPaths))) },
    { name: 'reputation', ...managedGroupRule({ name: 'AWSManagedRulesAmazonIpReputationList', refuses: true }) },
    // Hosting providers are on this list: the servers that bring batches. Visitors who hide behind a VPN are nobody's attackers.
    { name: 'anonymous', ...managedGroupRule({ name: 'AWSManagedRulesAnonymousIpList', refuses: false }) },
    // No honest hit has a Log4j lookup or a serialized Java object in it: these hold on every path.
    { name: 'bad-inputs', ...managedGroupRule({ name: 'AWSManagedRulesKnownBadInputsRuleSet', refuses: true }) },
    { name: 'core', ...managedGroupRule({ name: 'AWSManagedRulesCommonRuleSet', refuses: true, labelling: rulesThatReadHits }) },
    { name: 'core-elsewhere', ...otherHostsRule() },
    // Search terms and URLs look like SQL often enough; what stores hits binds every value.
    {
      name: 'sql',
      ...managedGroupRule({ name: 'AWSManagedRulesSQLiRuleSet', refuses: true, scope: notStatement(pathIs(collectionPaths)) }),
    },
  ];
  return rules.map((rule, priority) => ({ ...rule, priority, visibilityConfig: visibilityConfig(rule.name) }));
}

type Unplaced = Omit<Rule, 'name' | 'priority' | 'visibilityConfig'>;

const labelRule = (statement: Statement, name: string): Unplaced => ({ action: { count: {} }, statement, ruleLabels: [{ name }] });

/**
 * Counted by the address of the client; behind Cloudflare, by the one that Cloudflare tells, of which nothing but Cloudflare can say
 * anything because nothing else gets in. A header that holds no address counts as over the limit.
 */
function rateRule({ cloudflare, rateLimits }: EdgeSettings, limit: number, scopeDownStatement: Statement): Unplaced {
  return {
    action: refuse(429, { 'Retry-After': String(rateLimits.windowSeconds) }),
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

/** WAF does not apply a rate rule at all where the header is missing ("Using forwarded IP addresses"); so it must be there. */
function visitorAddress(): Unplaced {
  const present: Statement = {
    sizeConstraintStatement: {
      fieldToMatch: { singleHeader: { Name: visitorAddressHeader } },
      comparisonOperator: 'GT',
      size: 0,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
  return { action: refuse(400), statement: notStatement(present) };
}

/** What any rule of the core set labelled, where no hit is brought. Those that refuse have done so before. */
function otherHostsRule(): Unplaced {
  const labelledByCore: Statement = { labelMatchStatement: { scope: 'NAMESPACE', key: 'awswaf:managed:aws:core-rule-set:' } };
  return { action: refuse(403), statement: andStatement(labelledByCore, notStatement(pathIs(collectionPaths))) };
}
