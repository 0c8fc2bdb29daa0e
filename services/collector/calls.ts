// Calls contract between construct and collector: the AWS calls of the program, each with its resource.
import { type Call, keyThrough } from '../../runtime/calls';

export const calls: readonly Call[] = [
  { actions: ['kinesis:PutRecords'], resources: ['${data/Hits.Arn}'] },
  { actions: ['s3:GetObject'], resources: ['${data/Settings.Arn}/sites.json'] },
  // Sites are added and removed while servers run: the prefix, which only their secrets have, identifies the secrets.
  {
    actions: ['secretsmanager:GetSecretValue'],
    resources: ['arn:aws:secretsmanager:<region>:${AWS::AccountId}:secret:<deployment>/sites/*'],
  },
  // A producer needs kms:GenerateDataKey alone ("Permissions to use user-generated KMS keys").
  keyThrough('kinesis', 'Kinesis', 'kms:GenerateDataKey'),
  keyThrough('s3', 'S3', 'kms:Decrypt'),
  keyThrough('secretsmanager', 'Secrets Manager', 'kms:Decrypt'),
  // The action does not support resource-level permissions; it is limited to the namespace of the deployment.
  {
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': 'Rempart/<deployment>' } },
  },
];
