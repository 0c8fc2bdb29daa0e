// Sources of the sites' keys: Secrets Manager, or a folder on a developer's machine.
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type SecretReader, SecretsManagerReader } from '../../../runtime/secret-store';
import { SiteKeyReader } from '../../../runtime/site-keys';
import { DatedRequests, withRenewal } from '../aws';
import type { Clock } from '../clock/clock';

/** The reader for a value of KEYS_SOURCE. */
export function siteKeys(source: string, region: string, clock: Clock): SiteKeyReader {
  const [, prefix] = /^secretsmanager:(.+)$/.exec(source) ?? [];
  if (prefix === undefined) return new SiteKeyReader(new FolderSecrets(fileURLToPath(source)), 'sites');
  const client = withRenewal(new SecretsManagerClient({ region, requestHandler: new DatedRequests(clock) }));
  return new SiteKeyReader(new SecretsManagerReader(client), prefix);
}

/** Secrets as files, each named by the last part of the secret's name. */
export class FolderSecrets implements SecretReader {
  constructor(private readonly folder: string) {}

  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.folder, basename(name)), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}
