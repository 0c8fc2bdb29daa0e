// DSS-5.4.2, TOM-6.7: plans back up each day, for exactly 30 days, with a copy in the vault of the other region.
import { backupDays } from '../../figures';
import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { copyRegionOf, hasCopies } from '../../template/copies';
import { planType, selectionType, vaultType } from '../../template/resource-types';
import { newResource } from '../bypass';

const rules = 'BackupPlan.BackupPlanRule';
const each = `Properties.${rules}.*`;

export const dailyBackups: Rule = {
  name: 'daily-backups',
  requires: `plans back up each day into a vault of the deployment, for ${backupDays} days, and copy into the other region`,
  types: [planType],
  check(plan, assembly) {
    const found = listOf(plan.at(rules)).filter(isObject);
    return [
      ...found.flatMap((rule, index) => ruleFindings(plan, rule, index, assembly)),
      ...copyFindings(plan, found, assembly),
      ...selectionFindings(plan, assembly),
    ];
  },
  guards: [
    guard(planType, `Properties.${rules}`, remove, replace([])),
    guard(planType, `${each}.ScheduleExpression`, remove, replace('cron(0 4 ? * MON *)'), replace('rate(7 days)')),
    guard(planType, `${each}.ScheduleExpressionTimezone`, remove, replace('Europe/Paris')),
    guard(planType, `${each}.Lifecycle.DeleteAfterDays`, remove, replace(29), replace(35)),
    guard(planType, `${each}.Lifecycle.MoveToColdStorageAfterDays`, set(1)),
    guard(planType, `${each}.TargetBackupVault`, remove, replace('Default')),
    guardWhere(planType, copies, `Properties.${rules}.0.CopyActions`, remove, replace([])),
    guardWhere(planType, copies, `${each}.CopyActions.*.DestinationBackupVaultArn`, remove, replace(elsewhere('eu-west-1'))),
    guardWhere(planType, copies, `${each}.CopyActions.*.Lifecycle.DeleteAfterDays`, remove, replace(7)),
    guardWhere(planType, copies, `${each}.CopyActions`, append({ DestinationBackupVaultArn: elsewhere('eu-central-1') })),
    guard(selectionType, '', remove),
    guard(selectionType, 'Properties.BackupPlanId', remove, replace('another')),
  ],
  bypasses: [
    {
      name: 'a plan that keeps backups for a year',
      beside: planType,
      resources: { Further: newResource(planType, { BackupPlan: { BackupPlanRule: [{ Lifecycle: { DeleteAfterDays: 365 } }] } }) },
    },
  ],
  reads: [
    { type: planType, path: 'Properties' },
    { type: selectionType, path: 'Properties.BackupPlanId' },
    { type: vaultType, path: 'Properties.BackupVaultName' },
  ],
};

const fix = 'Create the plan with BackupPlan of lib/backup.';

function elsewhere(region: string): string {
  return `arn:aws:backup:${region}:999999999999:backup-vault:theirs`;
}

function copies(_: Resource, { facts }: Assembly): boolean {
  return hasCopies(facts);
}

/** Every day at one hour, in UTC: a change of daylight time moves no backup. */
const isDaily = (expression: Json | undefined): boolean =>
  typeof expression === 'string' && /^cron\(\d{1,2} \d{1,2} (?:\* \* \?|\? \* \*) \*\)$/.test(expression);

function ruleFindings(plan: Resource, rule: JsonObject, index: number, assembly: Assembly): readonly Finding[] {
  const at = `Properties.${rules}.${index}`;
  const found: readonly (false | Finding)[] = [
    !isDaily(rule.ScheduleExpression) && finding(plan, `schedule::${index}`, `${at}.ScheduleExpression`, 'a backup each day', fix),
    rule.ScheduleExpressionTimezone !== 'Etc/UTC' && finding(plan, `zone::${index}`, `${at}.ScheduleExpressionTimezone`, 'Etc/UTC', fix),
    !keptExactly(rule.Lifecycle) && finding(plan, `days::${index}`, `${at}.Lifecycle`, `deletion after ${backupDays} days`, fix),
    assembly.target(rule.TargetBackupVault, plan.stack)?.type !== vaultType &&
      finding(plan, `vault::${index}`, `${at}.TargetBackupVault`, 'a vault of the deployment', fix),
  ];
  return found.filter((one) => one !== false);
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

function selectionFindings(plan: Resource, assembly: Assembly): readonly Finding[] {
  const selections = assembly.ofType(selectionType);
  if (selections.some((selection) => assembly.refersTo(selection.at('BackupPlanId'), selection, plan))) return [];
  return [finding(plan, 'selection', '', 'a selection of stores', fix)];
}
