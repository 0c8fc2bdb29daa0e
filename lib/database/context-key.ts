// The key with which a process proves the site of a transaction to the database: a generated secret that no person
// reads.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';

export interface ContextKeyProps {
  readonly site: Site;
  /** Encrypts the secret. (TOM-5.5) */
  readonly key: IKey;
}

/**
 * `{"version": 1, "key": "..."}`: 64 letters and digits are valid base64 for 48 bytes and have 381 bits of entropy.
 * ContextKeyRotation replaces the key. The database accepts the previous version too, for processes that still hold
 * it. (TOM-4.1, TOM-3.10)
 *
 * The template of the secret never changes: a change would generate another key under a version that the database
 * already has, also in a rollback. A restored database discards the keys of its predecessor and receives this one
 * (settle.ts).
 */
export class ContextKey extends Secret {
  /** Narrowed: `ISecret` requires it under `exactOptionalPropertyTypes`. */
  override get secretFullArn(): string {
    return this.secretArn;
  }

  constructor(scope: Construct, id: string, { site, key }: ContextKeyProps) {
    super(scope, id, {
      description: `Proves the site of a transaction to the database of ${site.deployment}`,
      encryptionKey: key,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ version: 1 }),
        generateStringKey: 'key',
        passwordLength: 64,
        excludePunctuation: true,
        includeSpace: false,
      },
    });
    serves(this, 'TOM-3.10', 'TOM-5.5');
    classify(this, 'confidential');
  }
}
