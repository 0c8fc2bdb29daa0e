// Every name that the templates give a resource is looked for in the account, or has a reason why it need not be.
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { fixedNames } from '../../../tools/preflight/names';
import { type Resource, resolveText, resourcesOf } from '../../../tools/preflight/templates';
import { reviewedSites } from '../../../tools/synthesis/synthesize';
import { synthesized } from '../../synthesized/synthesized';

const pseudo = {
  ...{ 'AWS::AccountId': '111111111111', 'AWS::Partition': 'aws', 'AWS::Region': 'eu-west-3', 'AWS::URLSuffix': 'amazonaws.com' },
};
const resources = reviewedSites.flatMap(({ deployment, site }) => resourcesOf(synthesized(deployment, site).stacks));
const specification = loadAwsServiceSpecSync();

/** The CloudFormation service specification of a type. */
function specified(type: string) {
  const [found] = specification.lookup('resource', 'cloudFormationType', 'equals', type);
  return found;
}

/** Custom resources have no names in the account. */
const isOfAws = ({ type }: Resource): boolean => type.startsWith('AWS::');

/**
 * Properties that name a resource: text that is part of its primary identifier, or that is called a name or an address
 * and replaces the resource when it changes. A reference names another resource of the templates. In a type that the
 * specification lacks, every property that is called a name counts.
 */
function namesIn({ type, properties }: Resource): readonly string[] {
  const { primaryIdentifier = [], properties: known = {} } = specified(type) ?? {};
  const isName = (property: string): boolean =>
    primaryIdentifier.includes(property) ||
    (/(?:Name|Identifier|Suffix|Url)$/.test(property) &&
      (specified(type) === undefined || (known[property]?.causesReplacement ?? 'no') !== 'no'));
  return Object.keys(properties).filter((property) => isName(property) && resolveText(properties[property], pseudo) !== undefined);
}

/** Names that exist once for each holder, and not once in the account and Region. */
const excused: Readonly<Record<string, string>> = {
  'AWS::Backup::RestoreTestingSelection.RestoreTestingSelectionName': 'a selection of its plan',
  'AWS::EC2::VPCEndpoint.ServiceName': 'the name of the service behind the endpoint',
  'AWS::EC2::VPNConnectionRoute.DestinationCidrBlock': 'a route of a connection of the templates',
  'AWS::IAM::ServiceLinkedRole.AWSServiceName': 'the name of the service that has the role',
  'AWS::Lambda::EventInvokeConfig.Qualifier': 'a version of a function of the templates',
  'AWS::Logs::LogStream.LogStreamName': 'a stream of a log group of the templates',
  'AWS::Logs::MetricFilter.LogGroupName': 'the name of a log group of the templates',
  'AWS::Logs::SubscriptionFilter.LogGroupName': 'a log group of the templates',
  'AWS::RDS::DBCluster.DatabaseName': 'a database in the cluster',
  'AWS::RDS::DBProxyTargetGroup.TargetGroupName': 'the only target group of the proxy',
  'AWS::Route53Resolver::FirewallDomainList.Name': 'a label: CreateFirewallDomainList has no error for a name in use',
  'AWS::Route53Resolver::FirewallRuleGroup.Name': 'a label: CreateFirewallRuleGroup has no error for a name in use',
  'AWS::WAFv2::WebACL.Scope': 'the kind of resource that the web ACL protects',
};

const named = new Set(resources.filter(isOfAws).flatMap((resource) => namesIn(resource).map((property) => `${resource.type}.${property}`)));
const fixed = Object.entries(fixedNames).map(([type, { property }]) => `${type}.${property}`);

test('every name of the templates is a fixed name, or is excused', () => {
  expect([...named].filter((name) => !fixed.includes(name) && excused[name] === undefined)).toEqual([]);
});

test('no fixed name is excused, and every excuse is of a name in the templates', () => {
  expect(fixed.filter((name) => excused[name] !== undefined)).toEqual([]);
  expect(Object.keys(excused).filter((name) => !named.has(name))).toEqual([]);
});

test('every fixed name is of a resource in the templates', () => {
  expect(fixed.filter((name) => !named.has(name))).toEqual([]);
});

test('Cloud Control reads a type by its name only where the name is its primary identifier', () => {
  const byName = Object.entries(fixedNames).filter(([, { identifier, listedBy }]) => identifier === undefined && listedBy === undefined);
  expect(byName.filter(([type, { property }]) => specified(type)?.primaryIdentifier?.join() !== property)).toEqual([]);
});

test('types that Cloud Control lists have an id that the service chooses', () => {
  const listed = Object.entries(fixedNames).filter(([, { listedBy }]) => listedBy !== undefined);
  const ids = listed.map(([type]) => specified(type)?.primaryIdentifier?.filter((part) => /^(?:CustomerGateway)?Id$/.test(part)).length);
  expect(ids).toEqual([1, 1, 1]);
});
