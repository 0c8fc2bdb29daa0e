// The web application firewall: every rule by its name, place, action and statement, and its log.
// (TOM-4.11, TOM-3.6)
import { highestRateLimit, longestRateWindow, lowestRateLimit, wholeAddressDays } from '../figures';
import { cloudflareAddressHeader } from '../template/client-address';
import { batchPaths, dataPaths, hitPaths } from '../template/hit-paths';
import { promisedHeaders } from '../template/promised-headers';
import { webAclAssociationType, webAclLoggingType, webAclType } from '../template/resource-types';
import { badInputsGroup, coreGroup, coreLabels, reputationGroup, scopedGroup, secretHeaders } from '../template/web-acls';
import { settingBetween } from './configured';
import { type Declaration, declare } from './declaration';
import { by, type Context, type FormLike, sequence, set } from './form';
import { logGroup } from './log-groups';
import { tags } from './tags';

/**
 * Rules of the core rule set that only label on data paths, because they would block legitimate hits: URLs, referrers,
 * bodies and cookies of any site are the data. The rule after the group blocks the labelled requests on other paths.
 */
const labellingRules = [
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
];

const untransformed: FormLike = [{ Priority: 0, Type: 'NONE' }];

/** Matches exactly these paths, as the listener does. */
function atPaths(paths: readonly string[]): FormLike {
  const matches = paths.map((path) => ({
    ByteMatchStatement: {
      FieldToMatch: { UriPath: {} },
      PositionalConstraint: 'EXACTLY',
      SearchString: path,
      TextTransformations: untransformed,
    },
  }));
  return matches.length === 1 ? (matches[0] as FormLike) : { OrStatement: { Statements: set(...matches) } };
}

const not = (statement: FormLike): FormLike => ({ NotStatement: { Statement: statement } });

/** Blocks with the promised headers, which a listener does not add to responses of the firewall. (DSS-6.7.1) */
function block(status: number, further: Readonly<Record<string, string>> = {}): FormLike {
  const headers = Object.entries({ ...promisedHeaders, ...further }).map(([Name, Value]) => ({ Name, Value }));
  return { Block: { CustomResponse: { ResponseCode: status, ResponseHeaders: set(...headers) } } };
}

/** One rule of the web ACL, without its priority. */
type Rule = Readonly<Record<string, FormLike>> & { readonly Name: string };

/** Counts the requests of one address, behind Cloudflare of one visitor, within the configured window. */
function rateRule({ facts }: Context, name: string, limit: number, scope: FormLike): Rule {
  const { cloudflare, rateLimits } = facts.settings.edge;
  const key: Readonly<Record<string, FormLike>> = cloudflare
    ? { AggregateKeyType: 'FORWARDED_IP', ForwardedIPConfig: { HeaderName: cloudflareAddressHeader, FallbackBehavior: 'MATCH' } }
    : { AggregateKeyType: 'IP' };
  const counted = {
    Limit: settingBetween(() => limit, lowestRateLimit, highestRateLimit),
    EvaluationWindowSec: settingBetween(() => rateLimits.windowSeconds, 60, longestRateWindow),
    ScopeDownStatement: scope,
    ...key,
  };
  return {
    Name: name,
    Action: block(429, { 'Retry-After': String(rateLimits.windowSeconds) }),
    Statement: { RateBasedStatement: counted },
  };
}

/** A rule group of AWS in its default version, whose rules act as AWS decides. */
const groupRule = (name: string, group: string, further: Readonly<Record<string, FormLike>> = {}): Rule => ({
  Name: name,
  OverrideAction: { None: {} },
  Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: group, ...further } },
});

/** Without the header of Cloudflare no rate rule would count the request. */
const visitorAddressRule: Rule = {
  Name: 'visitor-address',
  Action: block(400),
  Statement: not({
    SizeConstraintStatement: {
      FieldToMatch: { SingleHeader: { Name: cloudflareAddressHeader } },
      ComparisonOperator: 'GT',
      Size: 0,
      TextTransformations: untransformed,
    },
  }),
};

/**
 * Only counts: hosting providers, from which servers send batches, and private networks of visitors are on the list.
 */
const anonymousRule: Rule = {
  Name: 'anonymous',
  OverrideAction: { Count: {} },
  Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesAnonymousIpList' } },
};

const coreRule = groupRule('core', coreGroup, {
  RuleActionOverrides: set(...labellingRules.map((name) => ({ Name: name, ActionToUse: { Count: {} } }))),
});

const coreElsewhereRule: Rule = {
  Name: 'core-elsewhere',
  Action: block(403),
  Statement: {
    AndStatement: { Statements: set({ LabelMatchStatement: { Scope: 'NAMESPACE', Key: coreLabels } }, not(atPaths(dataPaths))) },
  },
};

/** All rules in the order of their evaluation. None allows a request, which would end the evaluation. */
function rules(context: Context): readonly Rule[] {
  const { cloudflare, rateLimits } = context.facts.settings.edge;
  return [
    ...(cloudflare ? [visitorAddressRule] : []),
    rateRule(context, 'rate-hits', rateLimits.hits, atPaths(hitPaths)),
    rateRule(context, 'rate-batches', rateLimits.hitBatches, atPaths(batchPaths)),
    rateRule(context, 'rate-others', rateLimits.others, not(atPaths(dataPaths))),
    groupRule('reputation', reputationGroup),
    anonymousRule,
    groupRule('bad-inputs', badInputsGroup),
    coreRule,
    coreElsewhereRule,
    groupRule('sql', scopedGroup, { ScopeDownStatement: not(atPaths(dataPaths)) }),
  ];
}

const visibility = (metric: string): FormLike => ({
  CloudWatchMetricsEnabled: true,
  MetricName: metric,
  SampledRequestsEnabled: true,
});

const webAcl = declare(webAclType, 'edge/FirewallWebAcl', {
  Name: '<deployment>-edge',
  Description: 'Web ACL of the load balancer of <deployment>',
  Scope: 'REGIONAL',
  DefaultAction: { Allow: {} },
  Rules: by((context) =>
    sequence(...rules(context).map((rule, priority) => ({ ...rule, Priority: priority, VisibilityConfig: visibility(rule.Name) }))),
  ),
  VisibilityConfig: visibility('<deployment>-edge'),
  // Samples contain neither credentials nor collected data. (TOM-3.10, TOM-4.13)
  DataProtectionConfig: {
    DataProtections: set(
      { Action: 'SUBSTITUTION', Field: { FieldType: 'SINGLE_HEADER', FieldKeys: set(...secretHeaders) } },
      { Action: 'SUBSTITUTION', Field: { FieldType: 'QUERY_STRING' } },
    ),
  },
  Tags: tags(),
});

const association = declare(
  webAclAssociationType,
  'edge/FirewallAssociation',
  { ResourceArn: '${edge/LoadBalancer}', WebACLArn: '${edge/FirewallWebAcl.Arn}' },
  { when: ({ settings }) => settings.edge.cloudflare?.hitFirewall !== 'cloudflare' },
);

/** Drops allowed requests only: the log of the load balancer has them, without the addresses of hits. (TOM-4.13) */
const droppedRecords: FormLike = {
  Behavior: 'DROP',
  Requirement: 'MEETS_ALL',
  Conditions: [{ ActionCondition: { Action: 'ALLOW' } }],
};

const logging = declare(
  webAclLoggingType,
  'edge/FirewallLogging',
  {
    ResourceArn: '${edge/FirewallWebAcl.Arn}',
    LogDestinationConfigs: ['${edge/FirewallLog.Arn}'],
    LoggingFilter: { DefaultBehavior: 'KEEP', Filters: [droppedRecords] },
    RedactedFields: set(...secretHeaders.map((name) => ({ SingleHeader: { Name: name } })), { QueryString: {} }),
  },
  { dependsOn: ['${edge/FirewallDeliveryResourcePolicy}'] },
);

const log = logGroup('edge/FirewallLog', {
  name: 'aws-waf-logs-<deployment>-edge',
  key: 'account/DeploymentKey',
  classification: 'personal',
  // Refused requests, with their addresses. (TOM-4.13)
  days: wholeAddressDays,
});

export const edgeFirewallDeclarations: readonly Declaration[] = [webAcl, association, log, logging];
