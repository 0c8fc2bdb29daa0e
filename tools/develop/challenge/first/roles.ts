// Roles: who assumes them, what they may do, and rights that a function has lost.
import {
  add,
  addStatement,
  attribute,
  type Challenge,
  itemOf,
  listAt,
  permissionsOf,
  put,
  ref,
  resourceOfType,
  roleOf,
  section,
  statementWith,
  sub,
} from '../challenge';

const role = 'AWS::IAM::Role';
const policy = 'AWS::IAM::ManagedPolicy';
const viaSecrets = { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-3.amazonaws.com' } };

export const roleChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-5.1',
    kind: 'F',
    title: 'an ingest whose right to decrypt secrets names another region',
    change({ collection }) {
      const statement = itemOf(permissionsOf(collection, 'ingest').properties, 'PolicyDocument/Statement', { Condition: viaSecrets });
      put(statement, 'Condition/StringEquals/kms:ViaService', 'secretsmanager.eu-west-1.amazonaws.com');
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'F',
    title: 'servers whose right to publish metrics names a namespace in another case',
    change({ collection }) {
      const { properties } = resourceOfType(collection, policy, 'CollectorsRolePermissions');
      const statement = statementWith(properties, 'PolicyDocument', 'cloudwatch:PutMetricData');
      put(statement, 'Condition/StringEquals/cloudwatch:namespace', 'Rempart/Production');
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'F',
    title: 'a replacement of servers with rights on a fleet of another name',
    change({ collection }) {
      const { properties } = permissionsOf(collection, 'server-replacement');
      statementWith(properties, 'PolicyDocument', 'autoscaling:SetInstanceHealth').Resource = sub(
        'arn:aws:autoscaling:eu-west-3:${AWS::AccountId}:autoScalingGroup:*:autoScalingGroupName/production-collector',
      );
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'I',
    title: 'a second permissions boundary that allows everything, on the certificate role',
    change({ edge }) {
      const boundary = add(edge, 'Boundary0A1B2C3D', policy, {
        ManagedPolicyName: 'production-boundary-eu-west-3-edge',
        PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', NotAction: 'iam:DeleteAccountAlias', Resource: '*' }] },
      });
      put(roleOf(edge, 'certificate').properties, 'PermissionsBoundary', boundary);
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'section',
    title: 'a permissions boundary under a condition of a parameter',
    change({ data }) {
      section(data, 'Parameters').Bounded = { Type: 'String', Default: 'no', AllowedValues: ['yes', 'no'] };
      section(data, 'Conditions').Bounded = { 'Fn::Equals': [ref('Bounded'), 'yes'] };
      const { properties } = roleOf(data, 'migrations');
      properties.PermissionsBoundary = { 'Fn::If': ['Bounded', properties.PermissionsBoundary ?? '', ref('AWS::NoValue')] };
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'F',
    title: 'servers with the policy PowerUserAccess',
    change({ collection }) {
      resourceOfType(collection, role, 'CollectorsRole').properties.ManagedPolicyArns = [
        sub('arn:${AWS::Partition}:iam::aws:policy/PowerUserAccess'),
      ];
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'F',
    title: 'an inline policy of the snapshot of sites that allows all but IAM',
    change({ collection }) {
      roleOf(collection, 'site-snapshot').properties.Policies = [
        {
          PolicyName: 'debug',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*'], Resource: ['*'] },
          },
        },
      ];
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'F',
    title: 'a snapshot of sites that reads every bucket, with the action in another case',
    change({ collection }) {
      addStatement(permissionsOf(collection, 'site-snapshot').properties, 'PolicyDocument', {
        Effect: 'Allow',
        Action: 'S3:GETOBJECT',
        Resource: sub('arn:${AWS::Partition}:s3:::production-*'),
      });
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'F',
    title: 'an export of persons that reads every object outside the audit archive',
    change({ data }) {
      addStatement(permissionsOf(data, 'person-export').properties, 'PolicyDocument', {
        Effect: 'Allow',
        Action: 's3:GetObject',
        NotResource: 'arn:aws:s3:::production-account-auditarchive*',
      });
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'B',
    title: 'a policy of the function that creates sites, attached to a second role by name',
    change({ data }) {
      listAt(permissionsOf(data, 'site-admin').properties, 'Roles').push('production-developers');
    },
  },
  {
    clause: 'TOM-6.8',
    kind: 'B',
    title: 'an instance profile with the role of the delivery of hits',
    change({ collection }) {
      const { id } = resourceOfType(collection, role, 'HitArchiveRole');
      put(resourceOfType(collection, 'AWS::IAM::InstanceProfile').properties, 'Roles', [ref(id)]);
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'F',
    title: 'a refusal of network interfaces for the code of one function that does not exist',
    change({ data }) {
      const statement = statementWith(
        permissionsOf(data, 'person-erase').properties,
        'PolicyDocument',
        'ec2:CreateNetworkInterface',
        'Deny',
      );
      put(statement, 'Condition/ArnLike', {
        'lambda:SourceFunctionArn': sub('arn:aws:lambda:eu-west-3:${AWS::AccountId}:function:production-person-erasure'),
      });
    },
  },
  {
    clause: 'TOM-4.10',
    kind: 'F',
    title: 'a delivery of hits that may delete them, by a wildcard within the action',
    change({ collection }) {
      const statement = statementWith(
        resourceOfType(collection, policy, 'HitArchivePermissions').properties,
        'PolicyDocument',
        's3:PutObject',
      );
      statement.Action = ['s3:AbortMultipartUpload', 's3:*Object'];
    },
  },
  {
    clause: 'TOM-6.1',
    kind: 'F',
    title: 'a fleet with a service-linked role that the data key does not admit',
    change({ collection }) {
      put(
        resourceOfType(collection, 'AWS::AutoScaling::AutoScalingGroup').properties,
        'ServiceLinkedRoleARN',
        sub('arn:aws:iam::${AWS::AccountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling'),
      );
    },
  },
  {
    clause: 'TOM-4.1',
    kind: 'F',
    title: 'an ingest that may sign in as every user of the database',
    change({ collection }) {
      const statement = statementWith(permissionsOf(collection, 'ingest').properties, 'PolicyDocument', 'rds-db:connect');
      statement.Resource = sub('arn:aws:rds-db:eu-west-3:${AWS::AccountId}:dbuser:*/rempart_*');
    },
  },
  {
    clause: 'TOM-7.4',
    kind: 'F',
    title: 'a probe that reads the policies of one key out of three',
    change({ data }) {
      const statement = statementWith(permissionsOf(data, 'no-shared-backups-probe').properties, 'PolicyDocument', 'kms:GetKeyPolicy');
      statement.Resource = attribute(resourceOfType(data, 'AWS::KMS::Key', 'DataKey').id);
    },
  },
];
