// DSS-5.4.2: each plan copies its backups each day into the vault of the other region, for exactly 30 days.
import { backupDays } from '../../figures';
import { append, type Finding, finding, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { copyRegionOf, hasCopies } from '../../template/copies';
import { planType, vaultType } from '../../template/resource-types';
import { newResource } from '../bypass';

const rules = 'BackupPlan.BackupPlanRule';
const copy = `Properties.${rules}.*.CopyActions`;

export const copiedBackups: Rule = {
  name: 'copied-backups',
  requires: `each plan copies its backups into the vault of the other region, for ${backupDays} days`,
  types: [planType],
  check(plan, assembly) {
    return copyFindings(plan, listOf(plan.at(rules)).filter(isObject), assembly);
  },
  guards: [
    guardWhere(planType, copies, copy, remove, replace([]), append({ DestinationBackupVaultArn: elsewhere('eu-central-1') })),
    guardWhere(planType, copies, `${copy}.*.DestinationBackupVaultArn`, remove, replace(elsewhere('eu-west-1'))),
    guardWhere(planType, copies, `${copy}.*.Lifecycle.DeleteAfterDays`, remove, replace(7)),
    guardWhere(vaultType, copies, 'Properties.BackupVaultName', replace('another')),
  ],
  bypasses: [
    {
      name: 'a plan without copies',
      beside: planType,
      resources: { Further: newResource(planType, { BackupPlan: { BackupPlanRule: [{ RuleName: 'daily' }] } }) },
    },
  ],
  reads: [
    { type: planType, path: 'Properties' },
    { type: vaultType, path: 'Properties.BackupVaultName' },
  ],
};

const fix = 'Create the plan with BackupPlan of lib/backup.';

function elsewhere(region: string): string {
  return `arn:aws:backup:${region}:999999999999:backup-vault:theirs`;
}

function copies(resource: Resource, { facts }: Assembly): boolean {
  return hasCopies(facts) && (resource.type === planType || resource.stack.region === copyRegionOf(facts));
}

const keptExactly = (lifecycle: Json | undefined): boolean =>
  isObject(lifecycle) && lifecycle.DeleteAfterDays === backupDays && Object.keys(lifecycle).length === 1;

/** Each copy goes to the vault of the other region, for as many days, and a rule of each plan has one. */
function copyFindings(plan: Resource, found: readonly JsonObject[], assembly: Assembly): readonly Finding[] {
  if (!hasCopies(assembly.facts)) {
    const required = 'a copy in the home region, which does not answer';
    return [finding(plan, 'home-is-gone', `Properties.${rules}`, required, 'Set backup.homeAnswers when the home region answers again.')];
  }
  const actions = found.map(({ CopyActions }) => listOf(CopyActions));
  const wrong = actions.flatMap((list, index) =>
    list
      .filter((action) => !isCopy(action, plan, assembly))
      .map((action) => ({
        ...{ id: `copy::${index}`, path: `Properties.${rules}.${index}.CopyActions`, found: action, fix },
        required: `a copy for ${backupDays} days into the vault of ${copyRegionOf(assembly.facts)}`,
      })),
  );
  if (actions.some((list) => list.some((action) => isCopy(action, plan, assembly)))) return wrong;
  return [...wrong, finding(plan, 'copies', `Properties.${rules}`, 'a rule that copies into the other region', fix)];
}

function isCopy(action: Json, plan: Resource, assembly: Assembly): boolean {
  const destination = canonical(valueAt(action, 'DestinationBackupVaultArn') ?? null, plan.stack, assembly);
  const region = copyRegionOf(assembly.facts);
  const vaults = assembly.ofType(vaultType).filter(({ stack }) => stack.region === region);
  const arns = vaults.map((vault) => `arn:aws:backup:${region}:\${AWS::AccountId}:backup-vault:${String(vault.at('BackupVaultName'))}`);
  return arns.includes(String(destination)) && keptExactly(valueAt(action, 'Lifecycle'));
}
