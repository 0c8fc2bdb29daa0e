// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import { type Call, databaseCalls, keyThrough } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  ...databaseCalls('rempart_maintenance'),
  {
    actions: ['secretsmanager:CreateSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
    resources: ['arn:aws:secretsmanager:<region>:${AWS::AccountId}:secret:<deployment>/sites/*'],
  },
  keyThrough('secretsmanager', 'Secrets Manager', 'kms:Decrypt', 'kms:GenerateDataKey'),
];
