// How a connection to PostgreSQL is made: address, TLS and credentials. Only `database.ts` and the migrations use it.
import { readFileSync } from 'node:fs';
import { Signer } from '@aws-sdk/rds-signer';
import { Client, type ClientBase, type ClientConfig } from 'pg';

export type DatabaseClient = ClientBase;

/** A connection of {@link connectDirectly}, which whoever opened it ends. */
export type DirectConnection = Client;

/** How to sign in: by an IAM token, made for each new connection, or by a password (tests, and the master user of the migrations). */
export type Credentials = { readonly iam: { readonly region: string } } | { readonly password: string | (() => Promise<string>) };

export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly credentials: Credentials;
  /** TLS with the server's certificate checked; `off` is accepted for this machine only. @default 'verify' (TOM-5.7) */
  readonly tls?: 'verify' | 'off';
  /** File with the certificates that are trusted besides the system's. @default none */
  readonly caFile?: string;
}

const thisMachine = new Set(['127.0.0.1', '::1', 'localhost']);
/** Milliseconds in which a connection must be there. */
const connectTimeout = 10_000;

/** The driver's settings for an address. IAM tokens live 15 minutes ("IAM database authentication", Amazon Aurora), hence one per connection. */
export function clientConfig(address: DatabaseAddress): ClientConfig {
  const { host, port, database, user } = address;
  return {
    host,
    port,
    database,
    user,
    password: passwordOf(address),
    ssl: tlsOf(address),
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
    application_name: 'rempart',
  };
}

/** A connection of its own, outside any pool and any site: for the migrations, and for tools on a local server. */
export async function connectDirectly(address: DatabaseAddress): Promise<DirectConnection> {
  const client = new Client(clientConfig(address));
  // Without a listener, a connection that the server ends while it is idle would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function tlsOf({ host, tls = 'verify', caFile }: DatabaseAddress): ClientConfig['ssl'] {
  if (tls === 'off') {
    if (!thisMachine.has(host)) throw new Error(`database: expected TLS to ${host}, got tls off; leave it out, it is on by default`);
    return false;
  }
  return { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(caFile ? { ca: readFileSync(caFile, 'utf8') } : {}) };
}

function passwordOf({ host, port, user, credentials }: DatabaseAddress): string | (() => Promise<string>) {
  if ('password' in credentials) return credentials.password;
  const signer = new Signer({ hostname: host, port, username: user, region: credentials.iam.region });
  return () => signer.getAuthToken();
}
