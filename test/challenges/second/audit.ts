// Audit trail, audit archive, flow logs, DNS and firewall logs, log groups.
import {
  add,
  attribute,
  type Challenge,
  drop,
  fieldsAt,
  itemOf,
  listAt,
  logGroupNamed,
  otherAccount,
  put,
  resourceOfType,
  statementWith,
} from '../challenge';
import { accountId, append, bucketWith, condition, join, mentioning, policyOfBucket, rewrite, subnet } from './places';

const selectors = 'AdvancedEventSelectors/0/FieldSelectors';

export const auditChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-3.4',
    kind: 'J',
    title: 'an audit trail that records management events which write only',
    change: ({ account }) =>
      append(resourceOfType(account, 'AWS::CloudTrail::Trail').properties, selectors, { Field: 'readOnly', Equals: ['false'] }),
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'an audit trail that leaves out the events of KMS for their volume',
    change: ({ account }) =>
      append(resourceOfType(account, 'AWS::CloudTrail::Trail').properties, selectors, {
        Field: 'eventSource',
        NotEquals: ['kms.amazonaws.com', 'rdsdata.amazonaws.com'],
      }),
  },
  {
    clause: 'TOM-3.6',
    kind: 'B',
    title: 'an audit trail that selects the uploads bucket of the recovery region at the home site',
    change: ({ account }) => {
      const { properties } = resourceOfType(account, 'AWS::CloudTrail::Trail');
      const files = itemOf(properties, 'AdvancedEventSelectors', { Name: "Access to customers' files" });
      const selector = itemOf(files, 'FieldSelectors', {
        Field: 'resources.ARN',
        StartsWith: listAt(files, 'FieldSelectors/2/StartsWith'),
      });
      selector.StartsWith = JSON.parse(
        JSON.stringify(selector.StartsWith).replace(/(-uploads-",\{"Ref":"AWS::AccountId"\},")-eu-west-3/, '$1-eu-central-1'),
      );
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'F',
    title: 'a role of the audit trail that may write to the archive in place of its log group',
    change: ({ account }) => {
      const { properties } = resourceOfType(account, 'AWS::IAM::ManagedPolicy', 'AuditTrailLogPolicy');
      statementWith(properties, 'PolicyDocument', 'logs:PutLogEvents').Resource = attribute(bucketWith(account, 'AuditArchive').id);
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'G',
    title: 'an audit archive that accepts records of the trails of every account',
    change: ({ account }) =>
      put(statementWith(policyOfBucket(account, 'AuditArchive').properties, 'PolicyDocument', 's3:PutObject'), 'Condition', {
        StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' },
        ArnLike: { 'aws:SourceArn': 'arn:aws:cloudtrail:*:*:trail/*' },
      }),
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'an audit archive with a default retention of 40 days',
    change: ({ account }) => put(bucketWith(account, 'AuditArchive').properties, 'ObjectLockConfiguration/Rule/DefaultRetention/Days', 40),
  },
  {
    clause: 'TOM-3.6',
    kind: 'F',
    title: 'an audit archive that the role of deployments can empty',
    change: ({ account }) =>
      condition(
        statementWith(policyOfBucket(account, 'AuditArchive').properties, 'PolicyDocument', 's3:DeleteObjectVersion', 'Deny'),
        'ArnNotLike',
        'aws:PrincipalArn',
        join('arn:aws:iam::', accountId, ':role/cdk-*'),
      ),
  },
  {
    clause: 'TOM-3.6',
    kind: 'G',
    title: 'a bucket of edge logs that the log delivery service fills without a source',
    change: ({ account }) =>
      append(policyOfBucket(account, 'EdgeLogs').properties, 'PolicyDocument/Statement', {
        Action: 's3:PutObject',
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Resource: join(attribute(bucketWith(account, 'EdgeLogs').id), '/access/*'),
      }),
  },
  {
    clause: 'TOM-3.6',
    kind: 'B',
    title: 'flow records without Hive partitions, in folders that the policy of the archive does not admit',
    change: ({ network }) =>
      put(resourceOfType(network, 'AWS::EC2::FlowLog').properties, 'DestinationOptions/HiveCompatiblePartitions', false),
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'flow records without the action, which tells accepted from rejected traffic',
    change: ({ network }) => rewrite(resourceOfType(network, 'AWS::EC2::FlowLog').resource, ' ${action}', ''),
  },
  {
    clause: 'TOM-3.6',
    kind: 'B',
    title: 'flow records of one private subnet in place of the VPC',
    change: ({ network }) =>
      Object.assign(resourceOfType(network, 'AWS::EC2::FlowLog').properties, {
        ResourceType: 'Subnet',
        ResourceId: subnet(network, 'private', 1),
      }),
  },
  {
    clause: 'TOM-4.11',
    kind: 'J',
    title: 'a log of the web ACL that drops every request with either the action or the label of the filter',
    change: ({ edge }) =>
      put(resourceOfType(edge, 'AWS::WAFv2::LoggingConfiguration').properties, 'LoggingFilter/Filters/0/Requirement', 'MEETS_ANY'),
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'a log of the web ACL without path and method of the requests',
    change: ({ edge }) =>
      append(resourceOfType(edge, 'AWS::WAFv2::LoggingConfiguration').properties, 'RedactedFields', { UriPath: {} }, { Method: {} }),
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'a log group of the function site-admin in the class Delivery, which keeps events for two days',
    change: ({ data }) => put(logGroupNamed(data, '/functions/site-admin').properties, 'LogGroupClass', 'DELIVERY'),
  },
  {
    clause: 'TOM-3.6',
    kind: 'I',
    title: 'a subscription of every log group of the account to a destination of another account',
    change: ({ account }) => {
      add(account, 'LogShipping', 'AWS::Logs::AccountPolicy', {
        PolicyName: 'log-shipping',
        PolicyType: 'SUBSCRIPTION_FILTER_POLICY',
        PolicyDocument: JSON.stringify({
          DestinationArn: `arn:aws:logs:eu-west-3:${otherAccount}:destination:observability`,
          FilterPattern: '',
          Distribution: 'Random',
        }),
        Scope: 'ALL',
      });
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'B',
    title: 'a logging configuration of the third firewall that names the second firewall',
    change: ({ network }) => {
      const logging = (zone: number) =>
        resourceOfType(network, 'AWS::NetworkFirewall::LoggingConfiguration', `EgressFirewallLoggingZone${zone}`);
      logging(3).properties.FirewallArn = fieldsAt(logging(2).properties, 'FirewallArn');
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'a logging configuration of a firewall that replaces alerts by a log of TLS inspection, which no firewall does',
    change: ({ network }) => {
      const { properties } = resourceOfType(network, 'AWS::NetworkFirewall::LoggingConfiguration', 'EgressFirewallLoggingZone1');
      itemOf(properties, 'LoggingConfiguration/LogDestinationConfigs', {
        ...itemOf(properties, 'LoggingConfiguration/LogDestinationConfigs', { LogType: 'ALERT' }),
      }).LogType = 'TLS';
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'B',
    title: 'a log group of the database under a name that RDS does not write to',
    change: ({ data }) =>
      put(logGroupNamed(data, '/postgresql').properties, 'LogGroupName', '/aws/rds/cluster/production-database/postgresql'),
  },
  {
    clause: 'TOM-3.6',
    kind: 'F',
    title: 'a resource policy of the DNS log group that the source account of a foreign resolver satisfies',
    change: ({ network }) => {
      const policy = resourceOfType(network, 'AWS::Logs::ResourcePolicy').resource;
      rewrite(policy, '\\"StringEquals\\"', '\\"ForAllValues:StringEquals\\"');
    },
  },
  {
    clause: 'TOM-3.4',
    kind: 'J',
    title: 'an audit trail without insight into the rate of errors',
    change: ({ account }) => drop(resourceOfType(account, 'AWS::CloudTrail::Trail').properties, 'InsightSelectors/1'),
  },
  {
    clause: 'TOM-3.6',
    kind: 'section',
    title: 'a log group of the audit trail that goes with its stack',
    change: ({ account }) => {
      logGroupNamed(account, '/trail').resource.DeletionPolicy = 'Delete';
    },
  },
  {
    clause: 'TOM-5.7',
    kind: 'F',
    title: 'a refusal of old TLS at the audit archive that applies to unencrypted requests alone',
    change: ({ account }) =>
      condition(
        mentioning(policyOfBucket(account, 'AuditArchive').properties, 'PolicyDocument', 's3:TlsVersion'),
        'Bool',
        'aws:SecureTransport',
        'false',
      ),
  },
];
