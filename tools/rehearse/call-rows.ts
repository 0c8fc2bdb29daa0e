// Part 1 of the rehearsal, the calls of roles and people, as rows.
import { type CallRow, rehearseCalls, rehearseDenials } from './calls';
import { certificateModes, certificateRole, deploymentIn } from './certificate-modes';
import { omittedCalls } from './declared-calls';
import type { Row } from './row';
import { foreignNetworks, rehearseSessions, type SessionRow, unservedCalls } from './sessions';
import { StandIn } from './stand-in';
import { type UndeclaredPermission, undeclaredPermissions } from './undeclared-permissions';

/** The calls of some roles alone: declared, and permitted without a declaration. */
export async function roleRows(standIn: StandIn, roles: readonly string[]): Promise<readonly Row[]> {
  return [...(await rehearseCalls(standIn, roles)).map(callRow), ...undeclaredPermissions(standIn, roles).map(permissionRow)];
}

/** The calls of a deployment: declared, permitted without a declaration, of people in each network, and left out. */
export async function callRows(standIn: StandIn): Promise<readonly Row[]> {
  const omitted = [...omittedCalls(standIn), ...unservedCalls(standIn)].map(
    ({ role, actions, reason }): Row => ({ part: 'calls', subject: role, outcome: 'left out', detail: `${reason}: ${actions.join(', ')}` }),
  );
  return [...(await rehearseCalls(standIn)).map(callRow), ...(await permissionRows(standIn)), ...(await sessionRows(standIn)), ...omitted];
}

/** What roles are allowed and no contract declares, or a contract denies. */
export async function permissionRows(standIn: StandIn): Promise<readonly Row[]> {
  return [...undeclaredPermissions(standIn).map(permissionRow), ...(await rehearseDenials(standIn)).map(denialRow)];
}

/** The sessions of people in each network, and the networks that nobody declared. */
export async function sessionRows(standIn: StandIn): Promise<readonly Row[]> {
  const foreign = foreignNetworks(standIn).map(
    ({ place, expected, got }): Row => ({
      part: 'calls',
      subject: place,
      outcome: 'undeclared',
      detail: `expected ${expected}, got ${got}`,
      fix: 'Give the statement a network of the role, or remove it.',
    }),
  );
  return [...(await rehearseSessions(standIn)).map(sessionRow), ...foreign];
}

/** The calls of the function of the certificate in each of its modes, one of which each reviewed site has. */
export async function certificateRows(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const mode of certificateModes) {
    const standIn = new StandIn(deploymentIn(mode).assembly);
    const ofRole = await roleRows(standIn, [certificateRole]);
    rows.push(...ofRole.map((row) => ({ ...row, subject: `certificate ${mode}: ${row.subject}` })));
  }
  return rows;
}

function callRow({ role, action, resource, optionalKeys, allowed, reason }: CallRow): Row {
  const detail = `${action} on ${resource}, optional context keys ${optionalKeys}`;
  if (allowed) return { part: 'calls', subject: role, outcome: 'ok', detail };
  const fix = 'Correct the contract in calls.ts of the function, or the policy that denies the call.';
  return { part: 'calls', subject: role, outcome: 'refused', detail: `${detail}: ${reason}`, fix };
}

const permissionRow = ({ role, place, expected, got }: UndeclaredPermission): Row => ({
  part: 'calls',
  subject: role,
  outcome: 'undeclared',
  detail: `${place}: expected ${expected}, got ${got}`,
  fix: 'Remove the permission or narrow it to the declared one; declare the call in calls.ts or lib/config if code makes it.',
});

function denialRow({ role, action, resource, allowed, reason }: CallRow): Row {
  const detail = `${action} on ${resource}, which the contract of the role denies`;
  if (!allowed) return { part: 'calls', subject: role, outcome: 'ok', detail };
  const fix = 'Deny the action in the permissions of the role, as its contract does.';
  return { part: 'calls', subject: role, outcome: 'undeclared', detail: `${detail}: expected a refusal, got ${reason}`, fix };
}

function sessionRow({ role, action, resource, optionalKeys, from, wanted, allowed, reason }: SessionRow): Row {
  const detail = `${action} on ${resource} from ${from}, optional context keys ${optionalKeys}`;
  if (allowed === (wanted === 'allowed')) return { part: 'calls', subject: role, outcome: 'ok', detail };
  if (allowed) {
    const fix = 'Limit the trust of the role, and its denial of other networks, to the networks of the role.';
    return { part: 'calls', subject: role, outcome: 'undeclared', detail: `${detail}: expected a refusal, got ${reason}`, fix };
  }
  const fix = 'Admit the network in the trust of the role and in its denial of other networks, and the role in the endpoint policy.';
  return { part: 'calls', subject: role, outcome: 'refused', detail: `${detail}: ${reason}`, fix };
}
