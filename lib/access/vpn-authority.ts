// The certificate authority of the VPN: its key, which never leaves AWS KMS, and the registry of its certificates.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/**
 * Both exist before the endpoint: `npm run vpn -- init` creates the registry and imports the certificate of the VPN
 * server, whose ARN is then entered in `access.vpnCertificate`. The stack creates them with SigningKey and DataBucket.
 * (TOM-3.2, DSS-5.6.5)
 */
export interface VpnAuthority {
  /** Signs certificates and revocation lists. */
  readonly key: IKey;
  readonly registry: IBucket;
  /** Lets a function sign revocation lists: its permissions alone do not suffice. */
  admitSigner(roleArn: string): void;
}
