// The AWS calls of npm run offboard, each with its resource: the permissions that an operator needs, and no others.
import type { Call } from '../../runtime/calls';

const account = '${AWS::AccountId}';
const user = `arn:aws:iam::${account}:user/*`;

/** The calls in the account of the deployment. */
export const calls: readonly Call[] = [
  { actions: ['sts:GetCallerIdentity'], resources: ['*'] },
  {
    actions: [
      'iam:DeactivateMFADevice',
      'iam:DeleteAccessKey',
      'iam:DeleteLoginProfile',
      'iam:DeleteServiceSpecificCredential',
      'iam:DeleteSigningCertificate',
      'iam:DeleteSSHPublicKey',
      'iam:DeleteUser',
      'iam:DeleteUserPolicy',
      'iam:DetachUserPolicy',
      'iam:GetLoginProfile',
      'iam:GetUser',
      'iam:ListAccessKeys',
      'iam:ListAttachedUserPolicies',
      'iam:ListGroupsForUser',
      'iam:ListMFADevices',
      'iam:ListServiceSpecificCredentials',
      'iam:ListSigningCertificates',
      'iam:ListSSHPublicKeys',
      'iam:ListUserPolicies',
      'iam:PutUserPolicy',
      'iam:UpdateAccessKey',
    ],
    resources: [user],
  },
  { actions: ['iam:RemoveUserFromGroup'], resources: [`arn:aws:iam::${account}:group/*`] },
  // The lists are of the whole account and have no ARN.
  { actions: ['iam:ListRoles', 'iam:ListVirtualMFADevices'], resources: ['*'] },
  {
    actions: ['iam:DeleteVirtualMFADevice', 'iam:ListMFADeviceTags', 'iam:TagMFADevice'],
    resources: [`arn:aws:iam::${account}:mfa/*`],
  },
  // The denials of sessions, on the roles of people and of their deployments alone.
  {
    actions: ['iam:DeleteRolePolicy', 'iam:ListRolePolicies', 'iam:PutRolePolicy'],
    resources: [
      ...['client-data-team', 'emergency', 'infrastructure-manager', 'it-team', 'recovery'].map((role) => `*-${role}-*`),
      ...['deploy', 'file-publishing', 'lookup'].map((role) => `cdk-hnb659fds-${role}-role-*`),
    ].map((role) => `arn:aws:iam::${account}:role/${role}`),
  },
  { actions: ['ssm:DescribeSessions'], resources: ['*'] },
  { actions: ['ssm:TerminateSession'], resources: [`arn:aws:ssm:*:${account}:session/*`] },
  { actions: ['lambda:InvokeFunction'], resources: [`arn:aws:lambda:*:${account}:function:*-staff-access`] },
  { actions: ['kms:GetPublicKey', 'kms:Sign'], resources: [`arn:aws:kms:*:${account}:key/*`] },
  { actions: ['s3:GetObject', 's3:PutObject'], resources: ['arn:aws:s3:::<registry>'] },
  {
    actions: [
      'ec2:ExportClientVpnClientCertificateRevocationList',
      'ec2:ImportClientVpnClientCertificateRevocationList',
      'ec2:TerminateClientVpnConnections',
    ],
    resources: [`arn:aws:ec2:*:${account}:client-vpn-endpoint/*`],
  },
  { actions: ['ec2:DescribeClientVpnConnections'], resources: ['*'] },
];

/** The calls in the account of IAM Identity Center, where sign-in is there. */
export const directoryCalls: readonly Call[] = [
  {
    actions: [
      'identitystore:DeleteGroupMembership',
      'identitystore:DeleteUser',
      'identitystore:GetUserId',
      'identitystore:ListGroupMembershipsForMember',
      'sso:DeleteAccountAssignment',
      'sso:ListAccountAssignmentsForPrincipal',
      'sso:ListInstances',
    ],
    resources: ['*'],
  },
];
