// DSS-5.4.2, DSS-5.5.2, TOM-6.7: plans back up every 12 hours into a vault of the deployment, for exactly 30 days.
import { backupDays } from '../../figures';
import { type Finding, finding, guard, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource } from '../../template/assembly';
import { planType, selectionType, vaultType } from '../../template/resource-types';
import { newResource } from '../bypass';

const rules = 'BackupPlan.BackupPlanRule';
const each = `Properties.${rules}.*`;

export const dailyBackups: Rule = {
  name: 'daily-backups',
  requires: `plans back up selected stores every 12 hours into a vault of the deployment, for ${backupDays} days`,
  types: [planType],
  check(plan, assembly) {
    const found = listOf(plan.at(rules)).filter(isObject);
    const none = found.length > 0 ? [] : [finding(plan, 'rules', `Properties.${rules}`, 'a rule of daily backups', fix)];
    return [...none, ...found.flatMap((rule, index) => ruleFindings(plan, rule, index, assembly)), ...selectionFindings(plan, assembly)];
  },
  guards: [
    guard(planType, `Properties.${rules}`, remove, replace([])),
    guard(
      planType,
      `${each}.ScheduleExpression`,
      remove,
      replace('cron(0 4,16 ? * MON *)'),
      replace('cron(0 4 * * ? *)'),
      replace('rate(7 days)'),
    ),
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

/** Every day at two hours, 12 apart, in UTC: a change of daylight time moves no backup. */
function isTwiceADay(expression: Json | undefined): boolean {
  const [, first, second] = /^cron\(\d{1,2} (\d{1,2}),(\d{1,2}) (?:\* \* \?|\? \* \*) \*\)$/.exec(String(expression)) ?? [];
  return first !== undefined && Number(second) - Number(first) === 12;
}

function ruleFindings(plan: Resource, rule: JsonObject, index: number, assembly: Assembly): readonly Finding[] {
  const at = `Properties.${rules}.${index}`;
  const found: readonly (false | Finding)[] = [
    !isTwiceADay(rule.ScheduleExpression) &&
      finding(plan, `schedule::${index}`, `${at}.ScheduleExpression`, 'a backup every 12 hours', fix),
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
