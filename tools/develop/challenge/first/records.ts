// Records of what happens: the audit trail, flow logs, log groups and the archive they lie in.
import {
  add,
  addStatement,
  at,
  type Challenge,
  type Fields,
  fieldsAt,
  itemOf,
  listAt,
  logGroupNamed,
  otherAccount,
  put,
  ref,
  resourceOfType,
  statementOf,
  sub,
} from '../challenge';

const trail = 'AWS::CloudTrail::Trail';
const flow = 'AWS::EC2::FlowLog';
const bucketPolicy = 'AWS::S3::BucketPolicy';

export const recordChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-3.4',
    kind: 'J',
    title: 'an audit trail with the text "false" for its logging',
    change({ account }) {
      put(resourceOfType(account, trail).properties, 'IsLogging', 'false');
    },
  },
  {
    clause: 'TOM-3.4',
    kind: 'J',
    title: 'an audit trail of one region',
    change({ account }) {
      put(resourceOfType(account, trail).properties, 'IsMultiRegionTrail', false);
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'an audit trail of reads and not of writes',
    change({ account }) {
      const { properties } = resourceOfType(account, trail);
      listAt(properties, 'AdvancedEventSelectors/0/FieldSelectors').push({ Field: 'readOnly', Equals: ['true'] });
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: "an audit trail of every object except those in customers' buckets",
    change({ account }) {
      const { properties } = resourceOfType(account, trail);
      const selector = itemOf(properties, 'AdvancedEventSelectors/2/FieldSelectors', { Field: 'resources.ARN' });
      selector.NotStartsWith = at(selector, 'StartsWith');
      delete selector.StartsWith;
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'an audit trail of objects without the dead letters',
    change({ account }) {
      const selector = itemOf(resourceOfType(account, trail).properties, 'AdvancedEventSelectors/2/FieldSelectors', {
        Field: 'resources.ARN',
      });
      selector.StartsWith = listAt(selector, 'StartsWith').filter((start) => !JSON.stringify(start).includes('dead-letters'));
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'an audit trail without validation of its files',
    change({ account }) {
      put(resourceOfType(account, trail).properties, 'EnableLogFileValidation', false);
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'B',
    title: 'an audit trail in the bucket of another account',
    change({ account }) {
      put(resourceOfType(account, trail).properties, 'S3BucketName', `company-trails-${otherAccount}`);
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'a log group of the audit trail kept for a day',
    change({ account }) {
      put(logGroupNamed(account, '/trail').properties, 'RetentionInDays', 1);
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'a log group of the database kept for three days',
    change({ data }) {
      put(logGroupNamed(data, '/postgresql').properties, 'RetentionInDays', 3);
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'section',
    title: 'a log group of DNS queries that a removed stack deletes',
    change({ network }) {
      const { resource } = logGroupNamed(network, '/dns-queries');
      resource.DeletionPolicy = 'Delete';
      resource.UpdateReplacePolicy = 'Delete';
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'a flow log of accepted traffic',
    change({ network }) {
      put(resourceOfType(network, flow, 'FlowRecordsVpc').properties, 'TrafficType', 'ACCEPT');
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'a flow log without addresses',
    change({ network }) {
      const { properties } = resourceOfType(network, flow, 'FlowRecordsprivate1');
      properties.LogFormat = String(properties.LogFormat).replaceAll(/ \$\{(pkt-)?(src|dst)addr\}/g, '');
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'B',
    title: 'a flow log of one subnet in place of the VPC',
    change({ network }) {
      const { properties } = resourceOfType(network, flow, 'FlowRecordsVpc');
      properties.ResourceType = 'Subnet';
      properties.ResourceId = ref(resourceOfType(network, 'AWS::EC2::Subnet', 'VpcpublicSubnet1Subnet').id);
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'A',
    title: 'a flow log to a bucket that an unknown stack exports',
    change({ network }) {
      put(resourceOfType(network, flow, 'FlowRecordsVpc').properties, 'LogDestination', {
        'Fn::ImportValue': 'company-logging:FlowLogsBucketArn',
      });
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'I',
    title: 'a subscription of the database log for another account',
    change({ data }) {
      add(data, 'Siem0A1B2C3D', 'AWS::Logs::SubscriptionFilter', {
        LogGroupName: ref(logGroupNamed(data, '/postgresql').id),
        DestinationArn: `arn:aws:logs:eu-west-3:${otherAccount}:destination:siem`,
        FilterPattern: '',
      });
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'G',
    title: 'a delivery of logs without a condition, in one text in place of a join',
    change({ network }) {
      const groups = ['/dns-queries', '/firewall-alerts', '/firewall-flows'].map((end) => `"\${${logGroupNamed(network, end).id}.Arn}"`);
      put(
        resourceOfType(network, 'AWS::Logs::ResourcePolicy').properties,
        'PolicyDocument',
        sub(
          `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":[${groups.join(',')}]}]}`,
        ),
      );
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'I',
    title: 'a second resource policy of logs for every principal',
    change({ edge }) {
      add(edge, 'LogsForAll0A1B2C3D', 'AWS::Logs::ResourcePolicy', {
        PolicyName: 'production-edge-extra',
        PolicyDocument:
          '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"logs:*","Resource":"*"}]}',
      });
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'G',
    title: 'a bucket of edge logs that accepts those of load balancers of every account',
    change({ account }) {
      const id = resourceOfType(account, 'AWS::S3::Bucket', 'EdgeLogLanding').id;
      const statement = statementOf(resourceOfType(account, bucketPolicy, 'EdgeLogLandingPolicy').properties, 'PolicyDocument', {
        Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
      });
      statement.Resource = [sub(`\${${id}.Arn}/access/AWSLogs/*`), sub(`\${${id}.Arn}/connection/AWSLogs/*`)];
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'G',
    title: 'an audit archive that accepts flow logs of any account',
    change({ account }) {
      const { properties } = resourceOfType(account, bucketPolicy, 'AuditArchivePolicy');
      const statement = statementOf(properties, 'PolicyDocument', {
        Action: 's3:PutObject',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
      });
      put(statement, 'Condition', { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } });
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'F',
    title: 'an audit archive in which administrators may write, by a second condition',
    change({ account }) {
      const { properties } = resourceOfType(account, bucketPolicy, 'AuditArchivePolicy');
      put(statementOf(properties, 'PolicyDocument', { Sid: 'OnlyServicesWrite' }), 'Condition/ArnNotLike', {
        'aws:PrincipalArn': sub('arn:aws:iam::${AWS::AccountId}:role/*administrator*'),
      });
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'F',
    title: 'a refusal to destroy edge logs with the name of an API in place of an action',
    change({ account }) {
      const { properties } = resourceOfType(account, bucketPolicy, 'EdgeLogsPolicy');
      statementOf(properties, 'PolicyDocument', { Sid: 'NobodyDestroys' }).Action = ['s3:DeleteBucket', 's3:DeleteObjects'];
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'edge logs kept for a day',
    change({ account }) {
      const { properties } = resourceOfType(account, 'AWS::S3::Bucket', 'EdgeLogs');
      put(properties, 'LifecycleConfiguration/Rules/0/ExpirationInDays', 1);
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'F',
    title: 'an audit trail that may not write to its log group',
    change({ account }) {
      const { properties } = resourceOfType(account, 'AWS::IAM::ManagedPolicy', 'AuditTrailLogPolicy');
      const statement = fieldsAt(properties, 'PolicyDocument/Statement/0');
      addStatement(properties, 'PolicyDocument', { ...structuredClone(statement), Effect: 'Deny' } satisfies Fields);
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'B',
    title: 'a log of DNS queries for another VPC',
    change({ network }) {
      const { properties } = resourceOfType(network, 'AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation');
      put(properties, 'ResourceId', 'vpc-0a1b2c3d4e5f60718');
    },
  },
];
