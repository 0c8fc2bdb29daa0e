// Connections to PostgreSQL: address, TLS and credentials. Used by `database.ts`, the master user and tools only.
import { readFileSync } from 'node:fs';
import { Signer } from '@aws-sdk/rds-signer';
import { Client, type ClientBase, type ClientConfig } from 'pg';

export type DatabaseClient = ClientBase;

/** A connection of {@link connectDirectly}; the caller ends it. */
export type DirectConnection = Client;

/** Sign-in with an IAM token, created for each connection, or with a password (tests, and the master user). */
export type Credentials = { readonly iam: { readonly region: string } } | { readonly password: string | (() => Promise<string>) };

export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly credentials: Credentials;
  /**
   * TLS that verifies the server's certificate; `off` is allowed for this machine only. @default 'verify' (TOM-5.7)
   */
  readonly tls?: 'verify' | 'off';
  /** File of trusted certificates, besides those of the system. @default none */
  readonly caFile?: string;
}

const thisMachine = new Set(['127.0.0.1', '::1', 'localhost']);
/** Timeout of a connection, in milliseconds. */
const connectTimeout = 10_000;

/**
 * The driver's settings for an address. Each connection has a token of its own, because IAM tokens are valid for 15
 * minutes ("IAM database authentication", Amazon Aurora).
 */
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

/** A connection outside any pool and any site: for the master user, and for tools on a local server. */
export async function connectDirectly(address: DatabaseAddress): Promise<DirectConnection> {
  const client = new Client(clientConfig(address));
  // Without a listener, the end of an idle connection by the server would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function tlsOf({ host, tls = 'verify', caFile }: DatabaseAddress): ClientConfig['ssl'] {
  if (tls === 'off') {
    if (!thisMachine.has(host)) throw new Error(`database: expected TLS to ${host}, got tls off; remove tls, which is on by default`);
    return false;
  }
  return { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(caFile ? { ca: readFileSync(caFile, 'utf8') } : {}) };
}

function passwordOf({ host, port, user, credentials }: DatabaseAddress): string | (() => Promise<string>) {
  if ('password' in credentials) return credentials.password;
  const signer = new Signer({ hostname: host, port, username: user, region: credentials.iam.region });
  return () => signer.getAuthToken();
}
