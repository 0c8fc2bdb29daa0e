// Finds backups of the deployment, vaults, and keys that decrypt them, that another account can use. (TOM-7.4)
import type { ProbeFinding, ProbeResult } from '../../../runtime/probe';
import type { Backup, BackupStore } from './backups';
import { incident } from './incident';
import { foreignGrantees, foreignPrincipals } from './key-admission';
import type { Keys } from './keys';
import { vaultFindings } from './vault-findings';
import type { Vault, Vaults } from './vaults';

/** The deployment whose backups are examined. */
export interface Deployment {
  readonly name: string;
  readonly account: string;
  /** ARNs of its keys. */
  readonly keys: readonly string[];
}

/** What the probe reads. */
export interface Sources {
  readonly stores: readonly BackupStore[];
  /** By region. Each vault of the account is examined, since an account holds one environment. (TOM-7.3) */
  readonly vaults: readonly Vaults[];
  readonly keys: Keys;
}

/** Examines all backups, vaults and keys. A failure is reported in `unseen` and does not prevent the rest. */
export async function probe(deployment: Deployment, { stores, vaults, keys }: Sources): Promise<ProbeResult> {
  const looked: Record<string, number> = {};
  const findings: ProbeFinding[] = [];
  const unseen: string[] = [];
  const examine = async (resource: string, findingsOf: () => Promise<ProbeFinding[]>) => {
    try {
      findings.push(...(await findingsOf()));
      return true;
    } catch (error) {
      unseen.push(`${resource}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
      return false;
    }
  };
  for (const store of stores) {
    const kind = `${store.kind}s in ${store.region}`;
    await examine(kind, async () => {
      const own = (await store.list()).filter((backup) => isOfDeployment(backup, deployment));
      looked[kind] = 0;
      for (const backup of own) {
        if (await examine(`${store.kind} ${backup.id}`, () => sharingFindings(backup, store, deployment))) looked[kind]++;
      }
      return [];
    });
  }
  for (const ofRegion of vaults) {
    const kind = `backup vaults in ${ofRegion.region}`;
    await examine(kind, async () => {
      const found = await ofRegion.list();
      looked[kind] = 0;
      for (const vault of found) {
        if (await examine(vault.arn, () => findingsOfVault(vault, ofRegion, deployment))) looked[kind]++;
      }
      return [];
    });
  }
  looked.keys = 0;
  for (const key of deployment.keys) {
    if (await examine(key, () => keyFindings(key, keys, deployment))) looked.keys++;
  }
  return { looked, findings, unseen };
}

/** The key of a vault of the deployment is one of the deployment. Other vaults may have a key of AWS. */
async function findingsOfVault(vault: Vault, vaults: Vaults, deployment: Deployment): Promise<ProbeFinding[]> {
  const isOwn = vault.name.startsWith(`${deployment.name}-`) && !deployment.keys.includes(vault.key);
  return [
    ...(await vaultFindings(vault, vaults, deployment.account)),
    ...(isOwn ? await keyFindings(vault.key, vaults.keys, deployment) : []),
  ];
}

/**
 * Whether a backup is the deployment's: by its source database, which copies keep; by its tag; or by a key, which also
 * identifies a renamed copy without a tag. A copy of a disk under another key has no sign of its origin: without a
 * deployment tag it is examined too, because an account holds one environment. (TOM-7.3)
 */
function isOfDeployment({ database = '', tags, keys }: Backup, { name, keys: own }: Deployment): boolean {
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
    found: other === 'all' ? 'shared with all accounts' : `shared with ${other}`,
    required: `restorable by account ${account} only`,
    fix: `Stop sharing it: ${store.unshareCommand(backup.id, other)}. ${incident}`,
  }));
  return [...sharing, ...foreignKeyFindings(backup, resource, account)];
}

/** A backup under a key of another account can be decrypted there, wherever it is stored. */
function foreignKeyFindings({ id, keys }: Backup, resource: string, account: string): ProbeFinding[] {
  const foreign = keys.filter((key) => key.startsWith('arn:') && key.split(':')[4] !== account);
  return foreign.map((key) => ({
    id: `key::${id}`,
    resource,
    found: `encrypted with ${key}`,
    required: `a key of account ${account}`,
    fix: `Delete it; if it is needed, first copy it under a key of the deployment. ${incident}`,
  }));
}

async function keyFindings(key: string, keys: Keys, { account }: Deployment): Promise<ProbeFinding[]> {
  const required = `usable by account ${account} and AWS services only`;
  const byPolicy = foreignPrincipals(await keys.policy(key), account).map((principal) => ({
    id: `policy::${key}::${principal}`,
    resource: key,
    found: `its policy allows ${principal}`,
    required,
    fix: `Deploy the stack of the key again to restore its policy. ${incident}`,
  }));
  const byGrant = foreignGrantees(await keys.grants(key), account).map(({ grant, to }) => ({
    id: `grant::${key}::${grant}`,
    resource: key,
    found: `granted to ${to}`,
    required,
    fix: `Revoke it: aws kms revoke-grant --region ${key.split(':')[3]} --key-id ${key} --grant-id ${grant}. ${incident}`,
  }));
  return [...byPolicy, ...byGrant];
}
