// A secrets store in memory: a mock of AWS Secrets Manager.
import type { SecretStore } from '../../runtime/secret-store';

export class MemorySecrets implements SecretStore {
  readonly values = new Map<string, string>();

  async read(name: string): Promise<string | undefined> {
    return this.values.get(name);
  }

  async create(name: string, value: string): Promise<void> {
    if (this.values.has(name)) throw new Error(`${name} exists`);
    this.values.set(name, value);
  }

  async replace(name: string, value: string): Promise<void> {
    if (!this.values.has(name)) throw new Error(`${name} does not exist`);
    this.values.set(name, value);
  }
}
