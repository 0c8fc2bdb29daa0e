// TOM-4.13: the log of a web ACL, which has whole addresses, has no allowed request: each could be a hit.
import { append, type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import { type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { webAclLoggingType as loggingType } from '../../template/resource-types';

export const firewallLogAddresses: Rule = {
  name: 'firewall-log-addresses',
  requires: 'logs of web ACLs, which have whole addresses, drop every allowed request, under any path',
  types: [loggingType],
  check: (logging) => (dropsAllowed(logging) ? [] : [allowedFinding(logging)]),
  guards: [
    guard(loggingType, 'Properties.LoggingFilter', remove),
    guard(loggingType, 'Properties.LoggingFilter.Filters.0', remove),
    guard(loggingType, 'Properties.LoggingFilter.Filters.0.Behavior', replace('KEEP')),
    guard(loggingType, 'Properties.LoggingFilter.Filters.0.Conditions', append({ LabelNameCondition: { LabelName: 'collection' } })),
    guard(loggingType, 'Properties.LoggingFilter.Filters.0.Conditions.0', replace({ ActionCondition: { Action: 'COUNT' } })),
    guard(
      loggingType,
      'Properties.LoggingFilter.Filters',
      append({ Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: [{ ActionCondition: { Action: 'COUNT' } }] }),
    ),
  ],
  bypasses: [
    {
      name: 'a second log of a web ACL, without a filter',
      resources: {
        Second: { Type: loggingType, Properties: { ResourceArn: 'arn:aws:wafv2:x', LogDestinationConfigs: ['arn:aws:s3:::x'] } },
      },
    },
  ],
  reads: [{ type: loggingType, path: 'Properties.LoggingFilter' }],
};

/** Whether a filter drops each record with the action ALLOW, and none keeps one that another drops. */
function dropsAllowed(logging: Resource): boolean {
  const filters = listOf(logging.at('LoggingFilter.Filters'));
  return filters.some(isOfAllAllowed) && filters.every((filter) => valueAt(filter, 'Behavior') === 'DROP');
}

/** A filter with a further condition leaves allowed requests that do not meet it. */
function isOfAllAllowed(filter: Json): boolean {
  const conditions = listOf(valueAt(filter, 'Conditions'));
  return conditions.length === 1 && valueAt(conditions[0], 'ActionCondition.Action') === 'ALLOW';
}

const allowedFinding = (logging: Resource): Finding =>
  finding(
    logging,
    'allowed',
    'Properties.LoggingFilter',
    'filters that drop every record with the action ALLOW, and keep none',
    'Create the web ACL with WebFirewall.',
  );
