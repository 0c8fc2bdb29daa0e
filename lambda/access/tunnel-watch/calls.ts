// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  // The description of connections cannot be limited to one of them.
  { actions: ['ec2:DescribeVpnConnections'], resources: ['*'] },
  // The service chooses the names of its secrets; the action returns no value.
  {
    actions: ['secretsmanager:ListSecretVersionIds'],
    resources: ['arn:aws:secretsmanager:<region>:${AWS::AccountId}:secret:s2svpn!*'],
  },
];
