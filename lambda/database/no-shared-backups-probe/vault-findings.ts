// What lets another account have the recovery points of a vault. (TOM-7.4)
import type { ProbeFinding } from '../../../runtime/probe';
import { incident } from './incident';
import { foreignPrincipals } from './key-admission';
import type { Vault, Vaults } from './vaults';

/** The type of vault that AWS RAM cannot share ("Logically air-gapped vault", AWS Backup Developer Guide). */
const unsharable = 'BACKUP_VAULT';

export async function vaultFindings(vault: Vault, vaults: Vaults, account: string): Promise<ProbeFinding[]> {
  const { name, type, key } = vault;
  const resource = `backup vault ${name} in ${vaults.region}`;
  const of = (kind: string, found: string, required: string, fix: string): ProbeFinding => ({
    ...{ id: `${kind}::${vaults.region}::${name}`, resource, found, required, fix: `${fix} ${incident}` },
  });
  const findings: ProbeFinding[] = [];
  if (type !== unsharable)
    findings.push(
      of(
        'vault-type',
        `a vault of type ${type}, which AWS RAM can share`,
        `a vault of type ${unsharable}`,
        'End its shares, and delete it when its last recovery point is gone.',
      ),
    );
  if (key !== '' && key.split(':')[4] !== account)
    findings.push(
      of(
        'vault-key',
        `encrypted with ${key}`,
        `a key of account ${account}`,
        'Delete its recovery points; if they are needed, first copy them to a vault of the deployment.',
      ),
    );
  const policy = await vaults.policy(name);
  const foreign = policy === undefined ? [] : foreignPrincipals(policy, account);
  const fix =
    'Restore its policy: deploy the stack of the vault again with --revert-drift; for a vault of no stack, ' +
    `aws backup delete-backup-vault-access-policy --region ${vaults.region} --backup-vault-name ${name}.`;
  return [
    ...findings,
    ...foreign.map((principal) => ({
      ...of('vault-policy', `its access policy allows ${principal}`, `usable by account ${account} only`, fix),
      id: `vault-policy::${vaults.region}::${name}::${principal}`,
    })),
  ];
}
