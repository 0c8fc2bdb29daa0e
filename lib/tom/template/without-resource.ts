// Actions for which a policy cannot name a resource.

/**
 * Actions that do not support resource-level permissions and require `*`. Actions that list the content of a resource,
 * such as s3:ListBucket, support them. Source: "Actions, resources, and condition keys for AWS services", the page of
 * each service.
 */
export const withoutResource: readonly string[] = [
  'acm:ListCertificates',
  'autoscaling:Describe*',
  // Jobs of backups, copies and restores have no ARN.
  'backup:DescribeRestoreJob',
  'backup:ListBackupJobs',
  'backup:ListBackupVaults',
  'backup:ListCopyJobs',
  'backup:ListRestoreJobs',
  'backup:PutRestoreValidationResult',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'cloudwatch:GetMetricStatistics',
  'cloudwatch:ListMetrics',
  'cloudwatch:PutMetricData',
  'ec2:Describe*',
  'ec2messages:*',
  'ecr:GetAuthorizationToken',
  'elasticloadbalancing:Describe*',
  'iam:DeleteAccountPasswordPolicy',
  'iam:GenerateCredentialReport',
  'iam:GetAccountPasswordPolicy',
  'iam:GetAccountSummary',
  'iam:GetCredentialReport',
  'iam:ListPolicies',
  'iam:ListUsers',
  'iam:UpdateAccountPasswordPolicy',
  'kms:GenerateRandom',
  'kms:ListAliases',
  'kms:ListKeys',
  'logs:DescribeExportTasks',
  // List and read actions on all snapshots: their names are arbitrary.
  'rds:DescribeDBClusterSnapshotAttributes',
  'rds:DescribeDBClusterSnapshots',
  'rds:DescribeDBSnapshotAttributes',
  'rds:DescribeDBSnapshots',
  // A list of instances, which are found by their tags.
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  's3:ListAllMyBuckets',
  'ssmmessages:*',
  'sts:GetCallerIdentity',
  'events:ListRules',
  'tag:GetResources',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];
