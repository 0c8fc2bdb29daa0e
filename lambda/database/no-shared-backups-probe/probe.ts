// Whether a backup of the deployment, or a key that opens one, is in the hands of another account. (TOM-7.4)
import type { Probed, ProbeFinding } from '../../../runtime/probe';
import type { Backup, BackupStore } from './backups';
import { foreignGrantees, foreignPrincipals } from './key-admission';
import type { Keys } from './keys';

/** Whose backups are looked at. */
export interface Deployment {
  readonly name: string;
  readonly account: string;
  /** ARNs of its keys. */
  readonly keys: readonly string[];
}

/** A finding is an incident whatever was done with the backup meanwhile. */
const incident = 'Then find in the audit trail who did it, and open an incident.';

/** Looks at everything; what cannot be looked at is told and keeps the rest from nothing. */
export async function probe(deployment: Deployment, stores: readonly BackupStore[], keys: Keys): Promise<Probed> {
  const looked: Record<string, number> = {};
  const findings: ProbeFinding[] = [];
  const unseen: string[] = [];
  const look = async (what: string, at: () => Promise<ProbeFinding[]>) => {
    try {
      findings.push(...(await at()));
      return true;
    } catch (error) {
      unseen.push(`${what}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
      return false;
    }
  };
  for (const store of stores) {
    const kind = `${store.kind}s in ${store.region}`;
    await look(kind, async () => {
      const own = (await store.list()).filter((backup) => isOwn(backup, deployment));
      looked[kind] = 0;
      for (const backup of own) {
        if (await look(`${store.kind} ${backup.id}`, () => sharingFindings(backup, store, deployment))) looked[kind]++;
      }
      return [];
    });
  }
  looked.keys = 0;
  for (const key of deployment.keys) {
    if (await look(key, () => keyFindings(key, keys, deployment))) looked.keys++;
  }
  return { looked, findings, unseen };
}

/**
 * Whether a backup is the deployment's: by the database that it is of, which stays with a copy; by its tag; or by a key, which also
 * tells a copy that was renamed and bears no tag. A copy of a disk under another key tells nothing of where it comes from: one without
 * the tag of any deployment is looked at too, as the account is there for one environment. (TOM-7.3)
 */
function isOwn({ database = '', tags, keys }: Backup, { name, keys: own }: Deployment): boolean {
  const deployment = tags['rempart:deployment'];
  return (
    database === `${name}-data` ||
    database.startsWith(`${name}-data-`) ||
    deployment === name ||
    (database === '' && deployment === undefined) ||
    keys.some((key) => own.includes(key))
  );
}

async function sharingFindings(backup: Backup, store: BackupStore, { account }: Deployment): Promise<ProbeFinding[]> {
  const resource = `${store.kind} ${backup.id} in ${store.region}`;
  const others = backup.shareable ? (await store.sharedWith(backup.id)).filter((other) => other !== account) : [];
  const sharing = others.map((other) => ({
    id: `shared::${backup.id}::${other}`,
    resource,
    found: other === 'all' ? 'shared with everybody' : `shared with ${other}`,
    required: `restored by account ${account} alone`,
    fix: `Take it back: ${store.takeBack(backup.id, other)}. ${incident}`,
  }));
  return [...sharing, ...underForeignKeys(backup, resource, account)];
}

/** Who copies a backup under a key of another account has made a copy that is opened there, wherever it lies. */
function underForeignKeys({ id, keys }: Backup, resource: string, account: string): ProbeFinding[] {
  const foreign = keys.filter((key) => key.startsWith('arn:') && key.split(':')[4] !== account);
  return foreign.map((key) => ({
    id: `key::${id}`,
    resource,
    found: `encrypted with ${key}`,
    required: `a key of account ${account}`,
    fix: `Delete it, or copy it under a key of the deployment and delete it. ${incident}`,
  }));
}

async function keyFindings(key: string, keys: Keys, { account }: Deployment): Promise<ProbeFinding[]> {
  const required = `used by account ${account} and services of AWS alone`;
  const admitted = foreignPrincipals(await keys.policy(key), account).map((principal) => ({
    id: `policy::${key}::${principal}`,
    resource: key,
    found: `its policy admits ${principal}`,
    required,
    fix: `Deploy the stack of the key again, which restores its policy. ${incident}`,
  }));
  const granted = foreignGrantees(await keys.grants(key), account).map(({ grant, to }) => ({
    id: `grant::${key}::${grant}`,
    resource: key,
    found: `granted to ${to}`,
    required,
    fix: `Revoke it: aws kms revoke-grant --key-id ${key} --grant-id ${grant}. ${incident}`,
  }));
  return [...admitted, ...granted];
}
