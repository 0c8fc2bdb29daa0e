// The calls that the contracts declare for each role.
import { controlCalls, serverCalls } from '../../lib/config/calls';
import { peopleRoles } from '../../lib/config/names';
import { peopleCalls } from '../../lib/config/people-calls';
import { backupCalls, hitArchiveCalls, proxyCalls, scheduleCalls, trailLogCalls } from '../../lib/config/service-calls';
import { backupRole } from '../../lib/tom/world/backup-access';
import { functionRoles, scheduleRoles } from '../../lib/tom/world/identity';
import { lakeRoleId } from '../../lib/tom/world/lake';
import { peopleRoleId } from '../../lib/tom/world/people-roles';
import { type Call, functionCalls, interfaceCalls, lakeRoleCalls } from '../../runtime/calls';

/** Roles of servers, of services of AWS, of sessions of functions and of people, by name. */
const otherRoles: Readonly<Record<string, readonly Call[]>> = {
  'account/AuditTrailLogRole': trailLogCalls,
  [backupRole]: backupCalls,
  'collection/CollectorsRole': serverCalls,
  'collection/HitArchiveRole': hitArchiveCalls,
  [lakeRoleId('lake-reader')]: lakeRoleCalls['lake-reader'],
  [lakeRoleId('lake-writer')]: lakeRoleCalls['lake-writer'],
  'data/ProxyRole': proxyCalls,
  ...Object.fromEntries(peopleRoles.map((role) => [`${peopleRoleId(role)}Role`, peopleCalls[role]])),
};

/** Fills the beginning of the names of a function or schedule into its calls. */
const named = (calls: readonly Call[], variable: '<function>' | '<schedule>', id: string): readonly Call[] =>
  JSON.parse(JSON.stringify(calls).replaceAll(variable, id)) as readonly Call[];

type CallsByRole = Readonly<Record<string, readonly Call[]>>;

let known: CallsByRole | undefined;

/** The calls of every role by its name, those of services of AWS with the role included. */
export function roleCalls(): CallsByRole {
  known ??= readRoleCalls();
  return known;
}

function readRoleCalls(): CallsByRole {
  const functions = Object.entries(functionRoles).map(([id, { control, inVpc }]) => [
    `${id}Role`,
    named([...(inVpc ? interfaceCalls : []), ...functionCalls, ...controlCalls[control]], '<function>', id),
  ]);
  const schedules = Object.keys(scheduleRoles).map((id) => [`${id}Role`, named(scheduleCalls, '<schedule>', id)]);
  return { ...otherRoles, ...Object.fromEntries([...functions, ...schedules]) };
}
