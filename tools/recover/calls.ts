// The AWS calls of npm run recover, each with its resource: the permissions that an operator needs besides those to
// deploy, which are the bootstrap roles of the region.
import type { Call } from '../../runtime/calls';

const account = '${AWS::AccountId}';
const stacks = `arn:aws:cloudformation:*:${account}:stack/*`;

export const calls: readonly Call[] = [
  { actions: ['sts:GetCallerIdentity'], resources: ['*'] },
  { actions: ['backup:ListRecoveryPointsByBackupVault'], resources: [`arn:aws:backup:*:${account}:backup-vault:*-copies`] },
  // The list is of the whole account and region, and has no ARN.
  { actions: ['backup:ListRestoreJobs'], resources: ['*'] },
  {
    actions: ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate', 'cloudformation:ListStackResources'],
    resources: [stacks],
  },
  { actions: ['elasticloadbalancing:DescribeLoadBalancers'], resources: ['*'] },
  {
    actions: ['lambda:InvokeFunction'],
    resources: ['lake-upkeep', 'person-erase', 'site-snapshot'].map((control) => `arn:aws:lambda:*:${account}:function:*-${control}`),
  },
  {
    actions: ['route53:ChangeResourceRecordSets', 'route53:ListResourceRecordSets'],
    resources: ['arn:aws:route53:::hostedzone/<hosted zone>'],
  },
  { actions: ['route53:GetChange'], resources: ['arn:aws:route53:::change/*'] },
];
