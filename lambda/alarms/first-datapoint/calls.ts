// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  {
    actions: ['lambda:InvokeFunction'],
    resources: [
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-account-environments',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-backup-freshness',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-credential-hygiene',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-database-upkeep',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-lake-export',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-lake-upkeep',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-log-redaction',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-no-shared-backups-probe',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-open-port-guard',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-password-policy',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-permission-sets',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-revocation-list',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-session-archive',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-session-document',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-site-snapshot',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-tamper-guard',
      'arn:aws:lambda:<region>:${AWS::AccountId}:function:<deployment>-tunnel-watch',
    ],
  },
  // The action only reads, and does not support resource-level permissions.
  { actions: ['cloudwatch:GetMetricData'], resources: ['*'] },
];
