// The services that the permissions boundary allows.

/**
 * The services that the roles of the deployment may use, for the present stacks and for those to come: the boundary is
 * one policy for all. A new stack uses these services without a change here. For a role that requires another service,
 * add its prefix ("Actions, resources, and condition keys for AWS services") in two places, in one reviewed change:
 *
 * 1. here, from which the boundary is made. A test compares the policies of all roles with this list.
 * 2. in `allowedServices` of lib/tom/template/boundary.ts, by which the rule judges the boundary without this file.
 *
 * Then deploy the account stack, which contains the boundary, before the new stack. The boundary must keep room below
 * the quota of 6,144 characters; a test checks it. A service with a global endpoint also belongs to `globalServices`
 * in boundary-statements.ts. (TOM-3.5)
 */
export const boundedServices = [
  'access-analyzer',
  'acm',
  'autoscaling',
  'backup',
  'cloudtrail',
  'cloudwatch',
  'cognito-idp',
  'config',
  'dynamodb',
  'ec2',
  'ec2messages',
  'elasticloadbalancing',
  'events',
  'firehose',
  'guardduty',
  'iam',
  'inspector2',
  'kinesis',
  'kms',
  'lambda',
  'logs',
  'network-firewall',
  'rds',
  'rds-db',
  'route53',
  'route53resolver',
  's3',
  'scheduler',
  'secretsmanager',
  'securityhub',
  'sns',
  'sqs',
  'ssm',
  'ssmmessages',
  'states',
  'sts',
  'tag',
  'transfer',
  'wafv2',
] as const;
