// The key of the VPN's certificate authority, which never leaves AWS KMS, and the registry of its certificates.
import { type IKey, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { peopleRoleName, vpnAuthorityAlias } from '../config/names';
import type { Site } from '../config/site';
import { onlyADeploymentEnds, onlyServicesGrant, onlySign } from '../encryption/key-statements';
import { classify, serves } from '../labels/labels';
import { DataBucket } from '../storage/data-bucket';

export interface VpnAuthorityProps {
  readonly site: Site;
  /** Encrypts the registry. (TOM-5.5) */
  readonly key: IKey;
}

/**
 * Both exist before the endpoint: `npm run vpn -- init` creates the registry and imports the certificate of the VPN
 * server, whose ARN is then entered in `access.vpnCertificate`. (TOM-3.2, DSS-5.6.5)
 */
export class VpnAuthority extends Construct {
  /** Signs certificates and revocation lists. */
  readonly key: IKey;
  readonly registry: IBucket;
  private readonly signers: string[];

  constructor(scope: Construct, id: string, { site, key }: VpnAuthorityProps) {
    super(scope, id);
    serves(this, 'TOM-3.2');
    const resourceName = peopleRoleName(site, 'it-team');
    this.signers = [Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'role', resourceName })];
    this.key = this.createKey(site);
    this.registry = new DataBucket(this, 'Registry', { site, use: 'vpn-registry', key });
  }

  /** Lets a function sign revocation lists: its permissions alone do not suffice. */
  admitSigner(roleArn: string): void {
    this.signers.push(roleArn);
  }

  /**
   * Client VPN accepts no other key than RSA 2048 ("Mutual authentication in AWS Client VPN"). It is a multi-region
   * key, so that the recovery region can hold its replica; KMS fixes that at the creation. An asymmetric key does not
   * rotate ("Rotate AWS KMS keys"): `init --renew-authority` renews its certificate. Without the key, no list is
   * renewed, and after 30 days nobody connects: it is retained in every environment.
   */
  private createKey(site: Site): Key {
    const key = new Key(this, 'Key', {
      alias: vpnAuthorityAlias(site),
      description: `Signs the certificates and revocation lists of the VPN of ${site.deployment}`,
      keySpec: KeySpec.RSA_2048,
      keyUsage: KeyUsage.SIGN_VERIFY,
      multiRegion: true,
      pendingWindow: Duration.days(30),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const signers = Lazy.list({ produce: () => this.signers });
    for (const statement of [onlyServicesGrant(), onlyADeploymentEnds(this), onlySign(signers)]) key.addToResourcePolicy(statement);
    classify(key, 'confidential');
    return key;
  }
}
