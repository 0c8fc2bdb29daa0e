// The key by which a process proves to the database which site a transaction serves: a secret that is made and never seen.
import { createHash } from 'node:crypto';
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
        secretStringTemplate: JSON.stringify({ version: firstVersion(site) }),
        generateStringKey: 'key',
        passwordLength: 64,
        excludePunctuation: true,
        includeSpace: false,
      },
    });
    serves(this, 'TOM-3.10', 'TOM-4.1', 'TOM-5.5');
    classify(this, 'confidential');
  }
}

/**
 * A restored database knows the versions of the one before, under keys that are not ours: a restored one begins at a number that follows
 * from its snapshot, above what rotation reaches. Should one of them be taken, the migrations say so. PostgreSQL's smallint ends at 32767.
 */
export function firstVersion(site: Site): number {
  const source = site.settings.data.restoreFrom[site.name];
  return source === undefined ? 1 : 1000 + (createHash('sha256').update(source).digest().readUInt32BE() % 31_000);
}
