// Sign-in to the writer by IAM token, for one request: as the role of a person, or as the role that makes these.
import { connectDirectly, type DirectConnection } from '../database-connection';
import type { StaffEnvironment } from '../environment';
import { refusal } from '../vpn/refusal';

export type Open = (user: string) => Promise<DirectConnection>;

/**
 * Opens connections to the writer. Each belongs to one request: a revoked role finds no session that is still open.
 */
export const signInWith =
  ({ DATABASE_HOST: host, DATABASE_PORT, DATABASE_NAME: database, DATABASE_CA_FILE: caFile }: StaffEnvironment, region: string): Open =>
  (user) =>
    connectDirectly({ host, port: Number(DATABASE_PORT), database, user, credentials: { iam: { region } }, caFile });

/** Refused sign-ins: `invalid_authorization_specification`, `invalid_password` ("PostgreSQL Error Codes"). */
const refusedSignIn = /^28(?:000|P01)$/;

/** Opens a connection as a person. @throws Refusal for a role that does not exist, or may not sign in */
export async function openAs(open: Open, role: string): Promise<DirectConnection> {
  try {
    return await open(role);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && refusedSignIn.test(String(error.code)))) throw error;
    throw refusal('access', `a role ${role} in the database`, String(error.code), 'the IT team grants it: npm run access -- grant');
  }
}

/** Runs work in one transaction on one connection. */
export async function inTransaction<T>(client: DirectConnection, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // The connection may have ended; the first error is thrown.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
