// TOM-3.4: servers install security patches in a window every night, and a missing one raises an alarm.
import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { fetchedText, userDataPath } from '../../template/boot-settings';
import { templateOf } from '../../template/fleets';
import { alarmType, fleetType, serverTemplateType } from '../../template/resource-types';
import { scriptCode } from '../../template/script-code';
import { patchLines, patchOptions } from '../../template/server-packages';
import { hostAlarmFindings, hostAlarmGuards } from './host-alarm-findings';

/** The servers publish once a night. */
const missing = { name: 'PatchesMissing', longestDelay: 86_400 };

/** Hours of the night, in UTC, in which the patches begin: from, and to. */
const patchWindow = { from: 1, to: 4 } as const;

const path = `Properties.${userDataPath}`;

export const hostPatches: Rule = {
  name: 'host-patches',
  requires: 'servers install security patches at boot and every night in a window, and raise an alarm on a missing one',
  types: [fleetType],
  check(fleet, assembly) {
    const template = templateOf(fleet, assembly);
    return [...hostAlarmFindings(fleet, missing, assembly), ...(template ? bootFindings(template, assembly) : [])];
  },
  guards: [guard(serverTemplateType, path, remove, replace('#!/bin/bash\n')), ...hostAlarmGuards(missing)],
  reads: [
    { type: fleetType, path: 'Properties' },
    { type: alarmType, path: 'Properties' },
    { type: serverTemplateType, path: 'Properties.LaunchTemplateData.UserData' },
  ],
};

/** Lines that each file must have. */
const required: Readonly<Record<string, readonly string[]>> = {
  'boot.sh': ['systemctl enable --now patches.timer'],
  'patches.sh': [patchOptions, ...patchLines],
  'patches.service': ['ExecStart=/opt/rempart/patches.sh'],
};

/** Templates without uploaded files, as those of tests, have no boot that could be read. */
function bootFindings(template: Resource, assembly: Assembly): readonly Finding[] {
  if (!template.stack.assets) return [];
  const lines = (file: string) => scriptCode(fetchedText(template, file, assembly) ?? '');
  const absent = Object.entries(required).flatMap(([file, all]) =>
    all.filter((line) => !lines(file).includes(line)).map((line) => `${file}: ${line}`),
  );
  const isInWindow = isNightly(lines('patches.timer'));
  const window = `patches.timer every night from ${patchWindow.from}:00 to ${patchWindow.to}:00 UTC`;
  return [...absent, ...(isInWindow ? [] : [window])].map((what) =>
    finding(template, `patches::${what}`, path, what, 'Fetch the files of services/collector/host as they are.'),
  );
}

/** Whether a timer starts its unit every night, and nowhere but in the window. */
function isNightly(timer: readonly string[]): boolean {
  const hours = (patchWindow.to - patchWindow.from) * 3600;
  const starts = timer.filter((line) => /^On\w+=/.test(line));
  const delays = timer.filter((line) => line.startsWith('RandomizedDelaySec='));
  const isStarted = starts.length === 1 && starts[0] === `OnCalendar=*-*-* 0${patchWindow.from}:00:00 UTC`;
  return isStarted && delays.length === 1 && Number(delays[0]?.split('=')[1]) <= hours;
}
