// TOM-3.6, DSS-5.6.7: servers audit sign-in files, programs of people and changes of the system, and send the records.
import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { fetchedText, isReferenceTo, settingsFile, userDataPath } from '../../template/boot-settings';
import { templateOf } from '../../template/fleets';
import { fleetType, logGroupType, serverTemplateType } from '../../template/resource-types';
import { scriptCode } from '../../template/script-code';
import { auditLog, auditRules } from '../../template/server-audit';

const path = `Properties.${userDataPath}`;

export const hostAudit: Rule = {
  name: 'host-audit',
  requires: 'servers audit sign-in files, programs of people and changes of the system, and send the records to a log group',
  types: [fleetType],
  check(fleet, assembly) {
    const template = templateOf(fleet, assembly);
    return template ? [...logFindings(template, assembly), ...ruleFindings(template, assembly)] : 'not-applicable';
  },
  guards: [guard(serverTemplateType, path, remove, replace('#!/bin/bash\n'))],
  reads: [
    { type: fleetType, path: 'Properties' },
    { type: serverTemplateType, path: 'Properties.LaunchTemplateData.UserData' },
  ],
};

/** The agent sends the records to a log group of the deployment, which the rule retained-logs judges. */
function logFindings(template: Resource, assembly: Assembly): readonly Finding[] {
  const sent = collected(settingsFile(template, 'amazon-cloudwatch-agent.json', assembly))
    .filter((entry) => valueAt(entry, 'file_path') === auditLog)
    .map((entry) => String(valueAt(entry, 'log_group_name')));
  if (sent.length === 1 && isReferenceTo(sent[0] ?? '', logGroupType, assembly)) return [];
  const required = `${auditLog} sent to a log group of the deployment`;
  return [{ ...finding(template, 'records', path, required, 'Write the settings of the agent with ServerLog.'), found: sent }];
}

/** The files that the agent sends; none if the settings are no JSON. */
function collected(settings: string | undefined): readonly Json[] {
  try {
    const parsed = JSON.parse(settings ?? '{}');
    return listOf(valueAt(parsed, 'logs.logs_collected.files.collect_list')).filter(isObject);
  } catch {
    return [];
  }
}

/** Templates without uploaded files, as those of tests, have no boot that could be read. */
function ruleFindings(template: Resource, assembly: Assembly): readonly Finding[] {
  if (!template.stack.assets) return [];
  const lines = scriptCode(fetchedText(template, 'audit.rules', assembly) ?? '');
  const boot = scriptCode(fetchedText(template, 'boot.sh', assembly) ?? '');
  const absent = [
    ...auditRules.filter((rule) => lines.filter((line) => line === rule).length !== 1),
    ...['systemctl enable --now auditd.service', 'persist augenrules --load'].filter((line) => !boot.includes(line)),
    // A rule that excludes events, or a deletion after the first rule, would undo the others.
    ...(lines[0] === '-D' && lines.at(-1) === '-e 2' && !lines.some((line) => /never|exclude/.test(line)) ? [] : ['no exclusion']),
  ];
  return absent.map((rule) => finding(template, `audit::${rule}`, path, rule, 'Fetch audit.rules of services/collector/host as it is.'));
}
