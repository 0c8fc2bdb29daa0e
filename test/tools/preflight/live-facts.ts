// The facts that only an account shows: for each, an account after the deployment that differs from the templates in
// it.

import { after, caa, key, record } from './accounts';
import { account, grant, grantEvent, target } from './deployed-account';
import { site } from './production-site';
import type { Answers, Played } from './stand-in';

export interface Fact {
  readonly name: string;
  /** Name of the check. */
  readonly of: string;
  readonly subject: RegExp;
  /** Verdict before the deployment. */
  readonly first: 'later' | 'ready';
  /** The account after the deployment that differs in this fact. */
  readonly broken: Partial<Omit<Played, 'answers'>> & { readonly answers?: Answers };
  readonly found: RegExp;
  readonly command: RegExp;
}

export const facts: readonly Fact[] = [
  {
    ...{
      name: 'a type that a zone of the recovery region lacks',
      of: 'instance types in each zone',
      subject: /^c7g\.large in /,
      first: 'ready',
    },
    broken: {
      answers: {
        DescribeInstanceTypeOfferings: ({ region: asked }) => ({
          instanceTypeOfferingSet: {
            item: (asked === site.settings.recoveryRegion ? 'ab' : 'abc').split('').flatMap((zone) => ({
              ...{ instanceType: 'c7g.large', location: `${asked}${zone}` },
            })),
          },
        }),
      },
    },
    found: new RegExp(`^not offered in ${site.settings.recoveryRegion}c$`),
    command: /^aws ec2 describe-instance-type-offerings .*Values=c7g\.large/,
  },
  {
    ...{ name: 'a region with two zones', of: 'instance types in each zone', subject: /^m8g\.large in eu-west-3/, first: 'ready' },
    broken: {
      answers: {
        DescribeSubnets: () => ({ subnetSet: { item: ['eu-west-3a', 'eu-west-3b'].map((availabilityZone) => ({ availabilityZone })) } }),
      },
    },
    found: /^offered in eu-west-3a, eu-west-3b$/,
    command: /--region eu-west-3$/,
  },
  {
    ...{
      name: 'another default action of the firewall',
      of: 'firewall policy',
      subject: /^default actions of the firewall policy/,
      first: 'later',
    },
    broken: {
      answers: {
        DescribeFirewallPolicy: () => ({
          ...{ UpdateToken: '1', FirewallPolicyResponse: {} },
          FirewallPolicy: {
            StatefulDefaultActions: ['aws:drop_established_app_layer', 'aws:alert_established_app_layer', 'aws:drop_strict'],
          },
        }),
      },
    },
    found: /aws:drop_strict/,
    command: /^aws network-firewall describe-firewall-policy --firewall-policy-name production-egress/,
  },
  {
    ...{
      name: 'client certificates that the listener still demands',
      of: 'client certificates at the load balancer',
      subject: /^client certificates at port 443/,
      first: 'later',
    },
    broken: { answers: { DescribeListeners: () => ({ Listeners: { member: [{ MutualAuthentication: { Mode: 'verify' } }] } }) } },
    found: /^mode verify$/,
    command: /^aws elbv2 describe-listeners --listener-arns LoadBalancerHttps\w+-id/,
  },
  {
    ...{ name: 'a group without its warm pool', of: 'warm pool', subject: /^warm pool/, first: 'later' },
    broken: { answers: { DescribeWarmPool: () => ({ Instances: {} }) } },
    ...{ found: /^no warm pool$/, command: /^aws autoscaling describe-warm-pool --auto-scaling-group-name Group-id/ },
  },
  {
    ...{ name: 'a warm pool that is being deleted', of: 'warm pool', subject: /^warm pool/, first: 'later' },
    broken: { answers: { DescribeWarmPool: () => ({ WarmPoolConfiguration: { MinSize: 2, Status: 'PendingDelete' } }) } },
    ...{ found: /PendingDelete$/, command: /describe-warm-pool/ },
  },
  {
    ...{ name: 'a boundary that no role has', of: 'permissions boundary', subject: /^roles with the boundary/, first: 'later' },
    broken: { answers: { GetPolicy: () => ({ Policy: { PermissionsBoundaryUsageCount: 0 } }) } },
    ...{ found: /^0$/, command: /^aws iam get-policy --policy-arn arn:aws:iam::111111111111:policy\/production-boundary-eu-west-3/ },
  },
  {
    ...{ name: 'a grant to a person', of: 'grants of keys', subject: /^grants of DataKey/, first: 'later' },
    broken: { answers: { ListGrants: () => ({ Grants: [grant('rds.amazonaws.com'), grant(`arn:aws:iam::${account}:user/eve`)] }) } },
    ...{ found: /^grant to arn:aws:iam::111111111111:user\/eve by/, command: /^aws kms list-grants --key-id DataKey\w+-id/ },
  },
  {
    ...{ name: 'a grant that another account issued', of: 'grants of keys', subject: /^grants of DataKey/, first: 'later' },
    broken: { answers: { ListGrants: () => ({ Grants: [grant('rds.amazonaws.com', '222222222222')] }) } },
    ...{ found: /by arn:aws:iam::222222222222:root$/, command: /list-grants/ },
  },
  {
    ...{
      name: 'a grant that a person made',
      of: 'grants that the trail recorded',
      subject: /^grants that the trail recorded/,
      first: 'later',
    },
    broken: { answers: { LookupEvents: () => ({ Events: [grantEvent(key, { arn: 'arn:aws:iam::111111111111:user/eve' })] }) } },
    ...{ found: /^created by arn:aws:iam::111111111111:user\/eve$/, command: /^aws cloudtrail lookup-events/ },
  },
  {
    ...{
      name: 'a service that was refused a grant',
      of: 'grants that the trail recorded',
      subject: /^grants that the trail recorded/,
      first: 'later',
    },
    broken: { answers: { LookupEvents: () => ({ Events: [grantEvent(key, { invokedBy: 'ec2.amazonaws.com' }, 'AccessDenied')] }) } },
    ...{ found: /^AccessDenied for ec2\.amazonaws\.com$/, command: /AttributeValue=CreateGrant/ },
  },
  {
    ...{ name: 'a retained bucket without policy', of: 'policies of buckets', subject: /^policy of production-archive-/, first: 'later' },
    broken: { buckets: Object.fromEntries(Object.keys(after.buckets).map((name) => [name, { objects: 1 }])) },
    ...{ found: /^no policy$/, command: /^npx cdk deploy production-data$/ },
  },
  {
    ...{ name: 'a bucket that no log arrives in', of: 'logs in buckets', subject: /^logs in /, first: 'later' },
    broken: { buckets: Object.fromEntries(Object.keys(after.buckets).map((name) => [name, { objects: 0, sids: [] }])) },
    ...{ found: /^no object$/, command: /^aws s3 ls s3:/ },
  },
  {
    ...{
      name: 'an archive that sends no events',
      of: 'events of buckets',
      subject: /^events of auditarchive|^events of AuditArchive/,
      first: 'later',
    },
    broken: { answers: { 'GET notification': () => ({}) } },
    ...{ found: /^not sent$/, command: /^aws s3api get-bucket-notification-configuration --bucket auditarchive/ },
  },
  {
    ...{
      name: 'a queue that others may choose',
      of: 'redrive permissions of queues',
      subject: /^redrive permission of CertificateFunctionDeadLetters/,
      first: 'later',
    },
    broken: { answers: { GetQueueAttributes: () => ({ Attributes: {} }) } },
    ...{ found: /^allowAll$/, command: /^aws sqs get-queue-attributes --queue-url https:\/\/sqs\.eu-west-3/ },
  },
  {
    ...{ name: 'a proxy that signs in by secret', of: 'database proxy', subject: /^sign-in of the proxy/, first: 'later' },
    broken: {
      answers: {
        DescribeDBProxies: () => ({ DBProxies: { member: [{ Auth: { member: [{ AuthScheme: 'SECRETS' }] }, Status: 'available' }] } }),
      },
    },
    ...{ found: /^NONE, 1 secrets, available$/, command: /^aws rds describe-db-proxies --db-proxy-name production-data/ },
  },
  {
    ...{ name: 'a target that is not available', of: 'database proxy', subject: /^targets of the proxy/, first: 'later' },
    broken: {
      answers: { DescribeDBProxyTargets: () => ({ Targets: { member: [target('one', 'AVAILABLE'), target('two', 'UNAVAILABLE')] } }) },
    },
    ...{ found: /two UNAVAILABLE$/, command: /^aws rds describe-db-proxy-targets --db-proxy-name production-data/ },
  },
  {
    ...{ name: 'a proxy without targets', of: 'database proxy', subject: /^targets of the proxy/, first: 'later' },
    broken: { answers: { DescribeDBProxyTargets: () => ({ Targets: { member: [{ Type: 'TRACKED_CLUSTER' }] } }) } },
    ...{ found: /^no target$/, command: /describe-db-proxy-targets/ },
  },
  {
    ...{ name: 'a cluster that a restore left', of: 'database clusters', subject: /^database clusters/, first: 'ready' },
    broken: {
      answers: {
        DescribeDBClusters: () => ({
          DBClusters: {
            DBCluster: ['production-data', 'production-data-0a1b2c3d', 'other-data'].map((DBClusterIdentifier) => ({
              DBClusterIdentifier,
            })),
          },
        }),
      },
    },
    found: /^production-data-0a1b2c3d$/,
    command:
      /delete-db-cluster --db-cluster-identifier production-data-0a1b2c3d --final-db-snapshot-identifier production-data-0a1b2c3d-last/,
  },
  {
    ...{ name: 'a log group of RDS without key', of: 'logs of the database', subject: /^key and retention of /, first: 'later' },
    broken: { answers: { DescribeLogGroups: ({ parameters }) => ({ logGroups: [{ logGroupName: parameters.logGroupNamePrefix }] }) } },
    ...{ found: /^no key, unlimited days$/, command: /^aws logs describe-log-groups --log-group-name-prefix \/aws\/rds/ },
  },
  {
    ...{
      name: 'a log of the database that does not arrive',
      of: 'logs of the database',
      subject: /^log streams of .*\/(?:postgresql|production-data)$/,
      first: 'later',
    },
    broken: { answers: { DescribeLogStreams: () => ({ logStreams: [] }) } },
    ...{ found: /^0$/, command: /^aws logs describe-log-streams --log-group-name \/aws\/rds/ },
  },
  {
    ...{ name: 'a CAA record of another authority', of: 'CAA records', subject: /^CAA record/, first: 'later' },
    broken: { answers: caa('0 issue "other.example"') },
    ...{ found: /other\.example/, command: /^aws route53 list-resource-record-sets --hosted-zone-id Z0123456789/ },
  },
  {
    ...{ name: 'a CAA record that is gone', of: 'CAA records', subject: /^CAA record/, first: 'later' },
    broken: {
      answers: { 'GET records': () => ({ ResourceRecordSets: { ResourceRecordSet: [record('zzz.example.com.', ['0 issue ";"'])] } }) },
    },
    ...{ found: /^none$/, command: /list-resource-record-sets/ },
  },
];
