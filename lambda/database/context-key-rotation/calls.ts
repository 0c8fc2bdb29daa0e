// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import { type Call, contextKey, keyThrough, masterSecret, secretReads } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  ...secretReads(masterSecret, contextKey),
  { actions: ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'], resources: [contextKey] },
  keyThrough('secretsmanager', 'Secrets Manager', 'kms:GenerateDataKey'),
];
