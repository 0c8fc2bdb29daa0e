// Sign-in to the writer by IAM token, for one request: as the role of a person, or as the role that makes these.
import { connectDirectly, type DirectConnection } from '../database-connection';
import { type DatabaseEndpoint, endpointForms, type Forms } from '../environment';
import { refusal } from '../vpn/refusal';

/** Environment of a function that a person calls, and that signs in without the proxy. */
export interface StaffEnvironment extends DatabaseEndpoint {
  /** File with Amazon's root certificates. */
  readonly DATABASE_CA_FILE: string;
  /** Account of the deployment. */
  readonly ACCOUNT: string;
  /** ARN of this function, for which callers sign. */
  readonly FUNCTION_ARN: string;
  /** Role of people whose sessions may call. */
  readonly CALLER_ROLE: string;
  /** URL of AWS STS in the region. */
  readonly STS_URL: string;
}

export const staffForms: Forms<StaffEnvironment> = {
  ...endpointForms,
  DATABASE_CA_FILE: [/^\/\S+$/, 'a file'],
  ACCOUNT: [/^\d{12}$/, 'the id of an account'],
  FUNCTION_ARN: [/^arn:aws[\w-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+$/, 'the ARN of a function'],
  CALLER_ROLE: [/^[a-z][a-z0-9-]*$/, 'the name of a role'],
  // A mock on this machine has no TLS.
  STS_URL: [/^https:\/\/sts\.[a-z0-9-]+\.amazonaws\.com$|^http:\/\/127\.0\.0\.1:\d+$/, 'the URL of AWS STS in a region'],
};

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
