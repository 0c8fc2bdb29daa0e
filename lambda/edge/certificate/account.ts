// The deployment's account at a certificate authority: its key, kept in the secrets store and changed with every certificate. (TOM-3.10)
import type { SecretStore } from '../../../runtime/secret-store';

export interface Account {
  /** Directory of the authority that knows the key. */
  readonly directory: string;
  /** Private key in PEM. */
  readonly key: string;
  /** Directory of the authority that issued the certificate in use, if one has. */
  readonly issuedBy?: string;
}

export class AccountSecret {
  constructor(
    private readonly secrets: SecretStore,
    private readonly name: string,
  ) {}

  async read(): Promise<Account | undefined> {
    const secret = await this.secrets.read(this.name);
    if (secret === undefined) return undefined;
    const { directory, key, issuedBy } = parseAccount(secret);
    if (typeof directory !== 'string' || typeof key !== 'string')
      throw new Error(
        `secret ${this.name}: expected the directory and key of an account, got something else; delete it to make a new account`,
      );
    return { directory, key, ...(typeof issuedBy === 'string' ? { issuedBy } : {}) };
  }

  /** @param known what {@link read} gave */
  async write(account: Account, known: Account | undefined): Promise<void> {
    const value = JSON.stringify(account);
    await (known === undefined ? this.secrets.create(this.name, value) : this.secrets.replace(this.name, value));
  }
}

function parseAccount(secret: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(secret));
  } catch {
    return {};
  }
}
