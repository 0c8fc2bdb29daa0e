// The secrets store and its implementation in AWS Secrets Manager.
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { stopwatch } from './stopwatch';

export interface SecretReader {
  /** The value of a secret, or undefined if there is no such secret. */
  read(name: string): Promise<string | undefined>;
}

export interface SecretStore extends SecretReader {
  /** Creates a secret; fails if it exists. */
  create(name: string, value: string): Promise<void>;
  /** Gives a secret a new value. */
  replace(name: string, value: string): Promise<void>;
}

/** Reads secrets in AWS Secrets Manager. (TOM-3.10) */
export class SecretsManagerReader implements SecretReader {
  constructor(protected readonly client: Pick<SecretsManagerClient, 'send'>) {}

  async read(name: string): Promise<string | undefined> {
    try {
      const { SecretString: value } = await this.client.send(new GetSecretValueCommand({ SecretId: name }));
      if (value === undefined) throw new Error(`secret ${name}: expected text, got bytes or nothing; create the secret again`);
      return value;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }
}

/** Secrets in AWS Secrets Manager; new ones are encrypted with the stack's key. (TOM-3.10, TOM-5.5) */
export class SecretsManagerStore extends SecretsManagerReader implements SecretStore {
  /** @param encryptionKey ARN of the key */
  constructor(
    client: Pick<SecretsManagerClient, 'send'>,
    private readonly encryptionKey: string,
  ) {
    super(client);
  }

  async create(name: string, value: string): Promise<void> {
    await this.client.send(new CreateSecretCommand({ Name: name, SecretString: value, KmsKeyId: this.encryptionKey }));
  }

  async replace(name: string, value: string): Promise<void> {
    await this.client.send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
  }
}

/** Caches a value that seldom changes: reads it again after `milliseconds`, or after a failure. */
export function cacheFor<T>(read: () => Promise<T>, milliseconds = 300_000, start: () => () => number = stopwatch): () => Promise<T> {
  let cached: { readonly value: Promise<T>; readonly age: () => number } | undefined;
  return () => {
    if (cached && cached.age() < milliseconds) return cached.value;
    const value = read();
    cached = { value, age: start() };
    value.catch(() => {
      cached = undefined;
    });
    return value;
  };
}

/** Reads a secret that the deployment creates. */
export async function requiredSecret(store: SecretReader, name: string): Promise<string> {
  const value = await store.read(name);
  if (value === undefined) throw new Error(`secret ${name}: expected a value, got none; deploy the data stack again`);
  return value;
}
