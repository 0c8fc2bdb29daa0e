// The key by which a process proves to the database which site a transaction serves: a secret that is made and never seen.
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
 * `{"version": 1, "key": "..."}`: 64 letters and digits are valid base64 for 48 bytes, of 381 bits of chance. ContextKeyRotation
 * replaces it; the database knows the version before it too, so a process that still holds that one is served. (TOM-4.1, TOM-3.10)
 *
 * What is generated depends on nothing: another template would make another key under a version that the database knows, also when a
 * deployment is rolled back. A restored database forgets the keys of the one before and is told this one (settle.ts).
 */
export class ContextKey extends Secret {
  /** Narrowed, so that this is an `ISecret` under `exactOptionalPropertyTypes`. */
  override get secretFullArn(): string {
    return this.secretArn;
  }

  constructor(scope: Construct, id: string, { site, key }: ContextKeyProps) {
    super(scope, id, {
      description: `Proves to the database of ${site.deployment} which site a transaction serves`,
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
