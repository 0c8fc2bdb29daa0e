// Audit trail, audit archive, flow logs, DNS and firewall logs, log groups.
import { add, attribute, type Challenge, fieldsAt, logGroupNamed, otherAccount, put, resourceOfType, statementWith } from '../challenge';
import { accountId, append, bucketWith, condition, join, mentioning, policyOfBucket, rewrite } from './places';

export const auditChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-3.6',
    kind: 'B',
    title: 'an audit trail that selects the uploads bucket of the recovery region at the home site',
    change: ({ account }) => {
      const trail = resourceOfType(account, 'AWS::CloudTrail::Trail').resource;
      const uploads = 'arn:aws:s3:::production-uploads-",{"Ref":"AWS::AccountId"},"-';
      rewrite(trail, `${uploads}eu-west-3`, `${uploads}eu-central-1`);
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
      append(policyOfBucket(account, 'EdgeLogLanding').properties, 'PolicyDocument/Statement', {
        Action: 's3:PutObject',
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Resource: join(attribute(bucketWith(account, 'EdgeLogLanding').id), '/access/*'),
      }),
  },
  {
    clause: 'TOM-3.6',
    kind: 'B',
    title: 'flow records without Hive partitions, in folders that the policy of the archive does not admit',
    change: ({ network }) =>
      put(resourceOfType(network, 'AWS::EC2::FlowLog', 'FlowRecordsVpc').properties, 'DestinationOptions/HiveCompatiblePartitions', false),
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
    kind: 'B',
    title: 'a log group of the database under a name that RDS does not write to',
    change: ({ data }) =>
      put(logGroupNamed(data, '/postgresql').properties, 'LogGroupName', '/aws/rds/cluster/production-database/postgresql'),
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
