// TOM-6.8: servers have the packages of a list, the boot removes all others, and a difference raises an alarm.
import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { fetchedFiles, fetchedText, userDataPath } from '../../template/boot-settings';
import { templateOf } from '../../template/fleets';
import { alarmType, fleetType, serverTemplateType } from '../../template/resource-types';
import { scriptCode } from '../../template/script-code';
import {
  excludedPackages,
  exclusionLine,
  installers,
  installLines,
  packageList,
  packageNames,
  patchLines,
  serverPackages,
} from '../../template/server-packages';
import { connectFiles, connectInstallLines, connectPackages } from '../../template/server-ssh';
import { hostAlarmFindings, hostAlarmGuards } from './host-alarm-findings';

/** The servers compare every 15 minutes; the alarm has a period of an hour. */
const differences = { name: 'PackagesDiffer', longestDelay: 3600 };

const path = `Properties.${userDataPath}`;

export const declaredPackages: Rule = {
  name: 'declared-packages',
  requires: 'servers install declared packages only, remove all others at boot, and raise an alarm on a difference',
  types: [fleetType],
  check(fleet, assembly) {
    const template = templateOf(fleet, assembly);
    return [...hostAlarmFindings(fleet, differences, assembly), ...(template ? bootFindings(template, assembly) : [])];
  },
  guards: [guard(serverTemplateType, path, remove, replace('#!/bin/bash\n')), ...hostAlarmGuards(differences)],
  reads: [
    { type: fleetType, path: 'Properties' },
    { type: alarmType, path: 'Properties' },
    { type: serverTemplateType, path: 'Properties.LaunchTemplateData.UserData' },
  ],
};

/** Templates without uploaded files, as those of tests, have no boot that could be read. */
function bootFindings(template: Resource, assembly: Assembly): readonly Finding[] {
  if (!template.stack.assets) return [];
  return [...installFindings(template, assembly), ...exclusionFindings(template, assembly), ...listFindings(template, assembly)];
}

/** The lines of a fetched script that bring software, each with the lines that continue it. */
const installing = (template: Resource, file: string, assembly: Assembly): readonly string[] =>
  scriptCode(fetchedText(template, file, assembly) ?? '')
    .join('\n')
    .replace(/\\\n/g, '')
    .split('\n')
    .filter((line) => installers.test(line));

/** The boot installs the declared packages once, the patches renew them, and no other script brings software. */
function installFindings(template: Resource, assembly: Assembly): readonly Finding[] {
  const install = installLines.join('').replace('\\', '');
  const connect = isConnected(assembly) ? [connectInstallLines.join('').replace('\\', '')] : [];
  const admitted: Readonly<Record<string, readonly string[]>> = {
    ...{ 'boot.sh': [install], 'patches.sh': patchLines },
    [connectFiles.script]: connect,
  };
  const fix = 'Install the declared packages only.';
  return Object.entries(admitted).flatMap(([file, lines]) => {
    const found = installing(template, file, assembly);
    if (found.length === lines.length && lines.every((line) => found.includes(line))) return [];
    return [{ ...finding(template, `packages::${file}`, path, `these installations alone: ${lines.join('; ')}`, fix), found }];
  });
}

/** The boot removes what is not in the list, and a timer of the server compares. */
function exclusionFindings(template: Resource, assembly: Assembly): readonly Finding[] {
  const code = scriptCode(fetchedText(template, 'boot.sh', assembly) ?? '');
  const missing = [exclusionLine, 'systemctl enable --now packages.timer'].filter((line) => !code.includes(line));
  const files = fetchedFiles(template, assembly);
  const absent = ['packages.sh', 'packages.service', 'packages.timer'].filter((file) => !files.includes(file));
  const fix = 'Fetch the files of services/collector/host, and call exclude_packages in boot.sh.';
  return [...missing, ...absent].map((what) => ({ ...finding(template, `exclusion::${what}`, path, what, fix), found: files }));
}

/** Whether servers have an SSH server for EC2 Instance Connect. (DSS-5.6.6) */
const isConnected = ({ facts: { settings } }: Assembly): boolean => settings.access.instanceConnect;

/** The list has what the boot installs, and no second way into a server but with `access.instanceConnect`. */
function listFindings(template: Resource, assembly: Assembly): readonly Finding[] {
  const names = packageNames(fetchedText(template, packageList, assembly) ?? '');
  const further: readonly string[] = isConnected(assembly) ? connectPackages : [];
  const missing = [...serverPackages, ...further].filter((name) => !names.includes(name));
  const strangers = names.filter((name) => excludedPackages.test(name) && !further.includes(name));
  const fix = 'Correct packages.list.';
  return [
    ...missing.map((name) => finding(template, `list::${name}`, path, `${packageList} with ${name}`, fix)),
    ...strangers.map((name) => ({ ...finding(template, `list::${name}`, path, `${packageList} without ${name}`, fix), found: name })),
  ];
}
