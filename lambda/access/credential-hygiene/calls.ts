// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

const users = 'arn:aws:iam::${AWS::AccountId}:user/*';

export const calls: readonly Call[] = [
  // The report, the summary and the list are of the whole account and have no ARN.
  {
    actions: ['iam:GenerateCredentialReport', 'iam:GetAccountSummary', 'iam:GetCredentialReport', 'iam:ListUsers'],
    resources: ['*'],
  },
  // Every user of the account: people create them outside the deployment.
  {
    actions: [
      'iam:DeleteAccessKey',
      'iam:DeleteLoginProfile',
      'iam:GetAccessKeyLastUsed',
      'iam:GetLoginProfile',
      'iam:GetUser',
      'iam:ListAccessKeys',
      'iam:UpdateAccessKey',
    ],
    resources: [users],
  },
  { actions: ['sns:Publish'], resources: ['${account/Alarms}'] },
];
