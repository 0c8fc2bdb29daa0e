// Makes and drops the database roles of people, with their entries in the access log. (TOM-4.7, TOM-4.8)
import type { DirectConnection } from '../../../runtime/database-connection';
import { type Caller, checkRole, sourceOf, type Verified } from '../../../runtime/staff/caller';
import { type AccessRequest, accessRequest, type Kind } from '../../../runtime/staff/requests';
import { inTransaction, type Open } from '../../../runtime/staff/sign-in';

/** One person with access. */
export interface Access {
  readonly role: string;
  readonly kind: Kind;
  readonly person: string;
  readonly until: string;
  readonly grantedBy: string;
  readonly grantedAt: string;
}

export interface AccessResult {
  /** Everybody with access after the action. */
  readonly access: readonly Access[];
  /** Roles that the action dropped, those whose time was over included. */
  readonly dropped: readonly string[];
}

/** Signs in as the role that makes the roles of people, and runs one action in one transaction. */
export async function administerAccess(open: Open, { caller, request, signature }: Verified, callerRole: string): Promise<AccessResult> {
  const wanted = accessRequest(request);
  // An off-boarding ends access with the permissions of its operator: IAM decides who may call, and one role grants.
  if (wanted.action === 'grant') checkRole(caller, callerRole);
  const client = await open('rempart_admission');
  try {
    return await inTransaction(client, async () => {
      await client.query(`set local statement_timeout = '15s'`);
      await client.query('select rempart.use_signature($1)', [signature]);
      const dropped = await dropRoles(client, await namesOf(client, 'select rempart.expired_staff() as name', []));
      return { dropped: [...dropped, ...(await act(client, wanted, caller))], access: await listed(client) };
    });
  } finally {
    await client.end();
  }
}

/** Returns the roles that it dropped. */
async function act(client: DirectConnection, request: AccessRequest, caller: Caller): Promise<readonly string[]> {
  const by = [caller.name, sourceOf(caller)];
  if (request.action === 'grant') {
    const { person, kind, days } = request;
    const [role = ''] = await namesOf(client, 'select rempart.admit_staff($1, $2, $3, $4, $5) as name', [person, kind, days, ...by]);
    await makeRole(client, role, kind);
    return [];
  }
  if (request.action === 'list') return [];
  return dropRoles(client, await namesOf(client, 'select rempart.dismiss_staff($1, $2, $3) as name', [request.person, ...by]));
}

const namesOf = async (client: DirectConnection, text: string, values: readonly (string | number)[]): Promise<readonly string[]> =>
  (await client.query<{ name: string }>(text, [...values])).rows.map(({ name }) => name);

/** Statements cannot bind names. The database has checked the name, and this quotes it. */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const exists = async (client: DirectConnection, role: string): Promise<boolean> =>
  (await client.query('select from pg_roles where rolname = $1', [role])).rowCount === 1;

/**
 * A role that signs in by token, has the privileges of its kind, and can pass them to nobody. The settings apply to
 * each sign-in, and the functions set the same limits again.
 */
async function makeRole(client: DirectConnection, role: string, kind: Kind): Promise<void> {
  if (await exists(client, role)) return;
  const name = quoted(role);
  await client.query(`create role ${name} login inherit nocreatedb nocreaterole connection limit 5`);
  await client.query(`grant rempart_${kind} to ${name} with admin false, inherit true, set false`);
  await client.query(`grant rempart_staff to ${name} with admin false, inherit false, set false`);
  await client.query(`alter role ${name} set statement_timeout = '15s'`);
  await client.query(`alter role ${name} set idle_in_transaction_session_timeout = '30s'`);
}

/** Drops roles that exist. A session that is still open has no name any more, and no policy admits it. */
async function dropRoles(client: DirectConnection, roles: readonly string[]): Promise<readonly string[]> {
  for (const role of roles) await client.query(`drop role if exists ${quoted(role)}`);
  return roles;
}

async function listed(client: DirectConnection): Promise<readonly Access[]> {
  const { rows } = await client.query<{
    role: string;
    kind: Kind;
    person: string;
    until: Date;
    granted_by: string;
    granted_at: Date;
  }>('select * from rempart.staff_with_access()');
  return rows.map(({ role, kind, person, until, granted_by, granted_at }) => ({
    ...{ role, kind, person, until: until.toISOString(), grantedBy: granted_by, grantedAt: granted_at.toISOString() },
  }));
}
