// The secrets store, as far as it is used here, and AWS Secrets Manager as one.
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

export interface SecretStore {
  /** The value of a secret, or undefined if there is no such secret. */
  read(name: string): Promise<string | undefined>;
  /** Makes a secret that is not there yet; fails if it is. */
  create(name: string, value: string): Promise<void>;
  /** Gives a secret a new value. */
  replace(name: string, value: string): Promise<void>;
}

/** Secrets in AWS Secrets Manager, encrypted with the stack's key (TOM-3.10, 5.5). */
export class SecretsManager implements SecretStore {
  constructor(
    private readonly client: Pick<SecretsManagerClient, 'send'>,
    private readonly encryptionKey: string,
  ) {}

  async read(name: string): Promise<string | undefined> {
    try {
      const { SecretString: value } = await this.client.send(new GetSecretValueCommand({ SecretId: name }));
      if (value === undefined) throw new Error(`secret ${name}: expected text, got bytes or nothing; make it anew`);
      return value;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async create(name: string, value: string): Promise<void> {
    await this.client.send(new CreateSecretCommand({ Name: name, SecretString: value, KmsKeyId: this.encryptionKey }));
  }

  async replace(name: string, value: string): Promise<void> {
    await this.client.send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
  }
}

/** Asks once for what seldom changes, and again after a failure or `milliseconds`. */
export function cacheFor<T>(ask: () => Promise<T>, milliseconds = 300_000, now: () => number = Date.now): () => Promise<T> {
  let kept: { readonly value: Promise<T>; readonly until: number } | undefined;
  return () => {
    if (kept && now() < kept.until) return kept.value;
    const value = ask();
    kept = { value, until: now() + milliseconds };
    value.catch(() => {
      kept = undefined;
    });
    return value;
  };
}

/** Reads a secret that the deployment has made. */
export async function requiredSecret(store: SecretStore, name: string): Promise<string> {
  const value = await store.read(name);
  if (value === undefined) throw new Error(`secret ${name}: expected it to be there, found none; deploy the data stack again`);
  return value;
}
