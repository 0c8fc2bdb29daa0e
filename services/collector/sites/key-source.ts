// Where the sites' keys are read: Secrets Manager, or a folder on a developer's machine.
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type SecretStore, SecretsManager } from '../../../runtime/secret-store';
import { SiteKeys } from '../../../runtime/site-keys';
import { boundedRequests } from '../bounded-requests';

/** The keys that KEYS_SOURCE names. */
export function siteKeys(source: string, region: string): Pick<SiteKeys, 'read'> {
  const [, prefix] = /^secretsmanager:(.+)$/.exec(source) ?? [];
  if (prefix === undefined) return new SiteKeys(new FolderSecrets(fileURLToPath(source)), 'sites');
  return new SiteKeys(new SecretsManager(new SecretsManagerClient({ region, requestHandler: boundedRequests }), ''), prefix);
}

/** Secrets as files that are named by the last part of the secret's name. Only for reading. */
export class FolderSecrets implements SecretStore {
  constructor(private readonly folder: string) {}

  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.folder, basename(name)), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  create = (name: string): Promise<void> => Promise.reject(readOnly(name));
  replace = (name: string): Promise<void> => Promise.reject(readOnly(name));
}

const readOnly = (name: string) => new Error(`secret ${name}: expected to be read, got a change; the collector changes no key`);
