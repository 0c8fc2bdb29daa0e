// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

const account = '${AWS::AccountId}';

export const calls: readonly Call[] = [
  {
    actions: [
      'ssm:CreateDocument',
      'ssm:DeleteDocument',
      'ssm:DescribeDocument',
      'ssm:GetDocument',
      'ssm:UpdateDocument',
      'ssm:UpdateDocumentDefaultVersion',
    ],
    resources: [`arn:aws:ssm:<region>:${account}:document/SSM-SessionManagerRunShell`],
  },
  // The document of the deployment, which CloudFormation creates and deletes.
  {
    actions: ['ssm:CreateDocument', 'ssm:DescribeDocument', 'ssm:GetDocument', 'ssm:UpdateDocument', 'ssm:UpdateDocumentDefaultVersion'],
    resources: [`arn:aws:ssm:<region>:${account}:document/<deployment>-shell`],
  },
  // The claims of all deployments of the account, each at the boundary of its deployment.
  { actions: ['iam:ListPolicies'], resources: ['*'] },
  { actions: ['iam:ListPolicyTags'], resources: [`arn:aws:iam::${account}:policy/*-boundary-*`] },
  { actions: ['iam:TagPolicy', 'iam:UntagPolicy'], resources: [`arn:aws:iam::${account}:policy/<deployment>-boundary-<region>`] },
];
