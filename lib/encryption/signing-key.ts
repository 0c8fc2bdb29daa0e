// A key that signs, and never leaves AWS KMS.
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { classify } from '../labels/labels';
import { onlyADeploymentEnds, onlyServicesGrant, onlySign } from './key-statements';

export interface SigningKeyProps {
  readonly alias: string;
  readonly description: string;
  /** ARNs of the roles that may sign; the policy of the key denies it to every other principal. */
  readonly signers: readonly string[];
}

/**
 * The key of a certificate authority. Client VPN accepts no other key than RSA 2048 ("Mutual authentication in AWS
 * Client VPN"). It is a multi-region key, so that the recovery region can hold its replica; KMS fixes that at the
 * creation. An asymmetric key does not rotate ("Rotate AWS KMS keys"): `npm run vpn -- init --renew-authority` renews
 * its certificate. Without the key, no revocation list is renewed, and after 30 days nobody connects: it is retained
 * in every environment. (TOM-3.2)
 */
export class SigningKey extends Key {
  private readonly signers: string[];

  constructor(scope: Construct, id: string, { alias, description, signers }: SigningKeyProps) {
    super(scope, id, {
      alias,
      description,
      keySpec: KeySpec.RSA_2048,
      keyUsage: KeyUsage.SIGN_VERIFY,
      multiRegion: true,
      pendingWindow: Duration.days(30),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.signers = [...signers];
    const all = Lazy.list({ produce: () => this.signers });
    for (const statement of [onlyServicesGrant(), onlyADeploymentEnds(this), onlySign(all)]) this.addToResourcePolicy(statement);
    classify(this, 'confidential');
  }

  /** Lets a role sign: its permissions alone do not suffice. */
  admitSigner(roleArn: string): void {
    this.signers.push(roleArn);
  }
}
