// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  { actions: ['kms:GetPublicKey', 'kms:Sign'], resources: ['${access/VpnKey.Arn}'] },
  { actions: ['s3:GetObject', 's3:PutObject'], resources: ['${access/VpnRegistry.Arn}/certificates.json'] },
  {
    actions: ['s3:ListBucket'],
    resources: ['${access/VpnRegistry.Arn}'],
    by: 'S3, which answers 403 instead of 404 without it while the object does not exist',
  },
  {
    actions: ['ec2:ExportClientVpnClientCertificateRevocationList', 'ec2:ImportClientVpnClientCertificateRevocationList'],
    resources: ['arn:aws:ec2:<region>:${AWS::AccountId}:client-vpn-endpoint/${access/ClientVpnEndpoint}'],
  },
];
