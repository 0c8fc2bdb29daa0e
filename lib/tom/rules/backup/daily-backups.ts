// DSS-5.4.2, TOM-6.7: plans back up each day into a vault of the deployment, for exactly 30 days.
import { backupDays } from '../../figures';
import { type Finding, finding, guard, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource } from '../../template/assembly';
import { planType, selectionType, vaultType } from '../../template/resource-types';
import { newResource } from '../bypass';

const rules = 'BackupPlan.BackupPlanRule';
const each = `Properties.${rules}.*`;

export const dailyBackups: Rule = {
  name: 'daily-backups',
  requires: `plans back up selected stores each day into a vault of the deployment, for ${backupDays} days`,
  types: [planType],
  check(plan, assembly) {
    const found = listOf(plan.at(rules)).filter(isObject);
    const none = found.length > 0 ? [] : [finding(plan, 'rules', `Properties.${rules}`, 'a rule of daily backups', fix)];
    return [...none, ...found.flatMap((rule, index) => ruleFindings(plan, rule, index, assembly)), ...selectionFindings(plan, assembly)];
  },
  guards: [
    guard(planType, `Properties.${rules}`, remove, replace([])),
    guard(planType, `${each}.ScheduleExpression`, remove, replace('cron(0 4 ? * MON *)'), replace('rate(7 days)')),
    guard(planType, `${each}.ScheduleExpressionTimezone`, remove, replace('Europe/Paris')),
    guard(planType, `${each}.Lifecycle.DeleteAfterDays`, remove, replace(29), replace(35)),
    guard(planType, `${each}.Lifecycle.MoveToColdStorageAfterDays`, set(1)),
    guard(planType, `${each}.TargetBackupVault`, remove, replace('Default')),
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
  ],
};

const fix = 'Create the plan with BackupPlan of lib/backup.';

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

function selectionFindings(plan: Resource, assembly: Assembly): readonly Finding[] {
  const selections = assembly.ofType(selectionType);
  if (selections.some((selection) => assembly.refersTo(selection.at('BackupPlanId'), selection, plan))) return [];
  return [finding(plan, 'selection', '', 'a selection of stores', fix)];
}
