// The metadata service of EC2, version 2: nothing is answered without a token. ("Use IMDS", Amazon EC2 User Guide)
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FleetStandIn } from './fleet';

export interface MetadataService {
  readonly port: number;
  close(): Promise<void>;
}

const role = 'collector';
const sixHours = 6 * 3600 * 1000;

export async function startMetadata(fleet: FleetStandIn, region: string, userData: string): Promise<MetadataService> {
  const tokens = new Set<string>();
  const documents: Readonly<Record<string, () => string>> = {
    'meta-data/instance-id': () => fleet.instance,
    'meta-data/placement/region': () => region,
    'meta-data/placement/availability-zone': () => `${region}a`,
    'meta-data/autoscaling/target-lifecycle-state': () => fleet.target,
    'meta-data/iam/security-credentials/': () => role,
    [`meta-data/iam/security-credentials/${role}`]: credentials,
    'user-data': () => userData,
  };
  const server = createServer((incoming, outgoing) => answer(incoming, outgoing, tokens, documents));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(
  { method, url = '', headers }: IncomingMessage,
  outgoing: ServerResponse,
  tokens: Set<string>,
  documents: Readonly<Record<string, () => string>>,
): void {
  if (method === 'PUT' && url === '/latest/api/token') {
    const token = `token-${tokens.size}`;
    tokens.add(token);
    const seconds = String(headers['x-aws-ec2-metadata-token-ttl-seconds'] ?? 60);
    outgoing.writeHead(200, { 'x-aws-ec2-metadata-token-ttl-seconds': seconds }).end(token);
    return;
  }
  if (!tokens.has(String(headers['x-aws-ec2-metadata-token']))) return void outgoing.writeHead(401).end();
  const document = documents[url.replace('/latest/', '')];
  if (document) outgoing.writeHead(200, { 'content-type': 'text/plain' }).end(document());
  else outgoing.writeHead(404).end();
}

function credentials(): string {
  const keys = { AccessKeyId: 'ASIAPROVESERVER00000', SecretAccessKey: 'none', Token: 'none' };
  const times = { LastUpdated: instant(0), Expiration: instant(sixHours) };
  return JSON.stringify({ Code: 'Success', Type: 'AWS-HMAC', ...keys, ...times });
}

const instant = (later: number): string => `${new Date(Date.now() + later).toISOString().slice(0, 19)}Z`;
