// Decides whether a client may connect to the VPN. (TOM-3.1, TOM-3.2, TOM-3.6)
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { messageOf } from './refusal';
import { type Registry, statusOf } from './registry';

/**
 * The parts of a request that are read ("Connection authorization in AWS Client VPN", schema v3). With mutual
 * authentication, the common name is that of a certificate that the endpoint has verified. With federated
 * authentication beside it, the user name is the `NameID` of a sign-in that the endpoint has verified, too.
 */
export interface ConnectionRequest {
  readonly 'connection-id': string;
  readonly 'endpoint-id': string;
  readonly 'common-name': string;
  readonly 'public-ip': string;
  readonly username?: unknown;
  readonly 'schema-version': string;
}

/** The response of schema v3. The message has at most 255 characters; the client shows it. */
export interface ConnectionResponse {
  readonly allow: boolean;
  readonly 'error-msg-on-denied-connection': string;
  readonly 'posture-compliance-statuses': readonly string[];
  readonly 'schema-version': 'v3';
}

/** Addresses from which clients may connect, as ranges in CIDR notation; `any` admits every address. */
export type Addresses = readonly string[] | 'any';

/** A decision, with its reason in a word for the log and, for a refusal, in a sentence for the person. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: 'admitted' | 'malformed' | 'unlisted' | 'revoked' | 'expired' | 'address' | 'sign-in' | 'error';
  readonly message: string;
  /** Person of the certificate, if it is registered. */
  readonly person?: string;
  /** Its serial number. */
  readonly serial?: string;
}

const refused = (reason: Exclude<Decision['reason'], 'admitted'>, message: string): Decision => ({ allowed: false, reason, message });

const contact = 'Contact the administrator.';

/** What a connection needs beside a registered certificate. */
export interface Admission {
  readonly addresses: BlockList | 'any';
  /** Whether the person of the certificate signs in, too. */
  readonly isFederated: boolean;
}

/**
 * Admits a client with a registered certificate that is valid now, from an address of the list; and, with a sign-in,
 * one by the person of the certificate: a certificate of another person would name the wrong one in the log.
 */
export function decide(request: ConnectionRequest, registry: Registry, { addresses, isFederated }: Admission, now: Date): Decision {
  const found = registry.certificates.find(({ commonName }) => commonName === request['common-name']);
  if (!found) return refused('unlisted', `The certificate is not registered. ${contact}`);
  const { person, serial } = found;
  const status = statusOf(found, now);
  if (status !== 'valid') return { ...refused(status, `The certificate is ${status}. ${contact}`), person, serial };
  if (!isAdmitted(request['public-ip'], addresses)) {
    return { ...refused('address', `Connections are not admitted from the address ${request['public-ip']}. ${contact}`), person, serial };
  }
  if (isFederated && String(request.username ?? '').toLowerCase() !== person) {
    return { ...refused('sign-in', `The sign-in is not that of the person of the certificate. ${contact}`), person, serial };
  }
  return { allowed: true, reason: 'admitted', message: '', person, serial };
}

function isAdmitted(address: string, addresses: BlockList | 'any'): boolean {
  if (addresses === 'any') return true;
  return (isIPv4(address) && addresses.check(address, 'ipv4')) || (isIPv6(address) && addresses.check(address, 'ipv6'));
}

/** The ranges as a list that can be searched. @throws Error for a range that is none, or an empty list */
export function addressList(addresses: Addresses): BlockList | 'any' {
  if (addresses === 'any') return addresses;
  const list = new BlockList();
  for (const range of addresses) {
    const [, address = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(range) ?? [];
    const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
    if (family === undefined || Number(prefix) > (family === 'ipv4' ? 32 : 128))
      throw new Error(`addresses: expected ranges in CIDR notation, got ${JSON.stringify(range)}; correct access.officeAddresses`);
    list.addSubnet(address, Number(prefix), family);
  }
  if (addresses.length === 0) throw new Error('addresses: expected ranges or "any", got none; deploy the access stack again');
  return list;
}

export interface ConnectionParts {
  readonly addresses: Addresses;
  /** Whether the endpoint requires a sign-in, too. */
  readonly isFederated: boolean;
  /** Reads the registry. */
  readonly registry: () => Promise<Registry>;
  readonly now: () => Date;
  /** Writes one line to the log. */
  readonly write: (line: string) => void;
  readonly metrics: MetricsPlace;
}

/** Where the metrics of the log lines go. */
export interface MetricsPlace {
  readonly deployment: string;
  readonly namespace: string;
}

/**
 * The handler of new connections. It answers every event, and refuses on any error: an event of another form or
 * schema, a registry that is missing, damaged or not readable, a log that cannot be written.
 *
 * The endpoint refers to the function, so the function has no id of an endpoint to compare. The answer to another one
 * opens nothing: each endpoint authenticates by its own authority.
 *
 * @throws Error for invalid addresses, before any event; Client VPN then refuses all connections
 */
export function connectionHandler(parts: ConnectionParts): (event: unknown) => Promise<ConnectionResponse> {
  const admission = { addresses: addressList(parts.addresses), isFederated: parts.isFederated };
  return async (event) => {
    try {
      const decision = await decisionOf(event, parts, admission);
      parts.write(logLine(event, decision, parts.now(), parts.metrics));
      return responseOf(decision);
    } catch {
      return responseOf(refused('error', errorMessage));
    }
  };
}

const errorMessage = `The connection could not be checked. Try again later. ${contact}`;

async function decisionOf(event: unknown, parts: ConnectionParts, admission: Admission): Promise<Decision> {
  if (!isRequest(event)) return refused('malformed', errorMessage);
  try {
    return decide(event, await parts.registry(), admission, parts.now());
  } catch (error) {
    parts.write(JSON.stringify({ event: 'vpn-connection-error', error: messageOf(error).slice(0, longestLogged) }));
    return refused('error', errorMessage);
  }
}

function isRequest(event: unknown): event is ConnectionRequest {
  if (typeof event !== 'object' || event === null) return false;
  const request = event as Readonly<Record<string, unknown>>;
  const texts = ['connection-id', 'endpoint-id', 'common-name', 'public-ip'].map((field) => request[field]);
  return request['schema-version'] === 'v3' && texts.every((text) => typeof text === 'string' && text !== '');
}

const responseOf = ({ allowed, message }: Decision): ConnectionResponse => ({
  allow: allowed,
  'error-msg-on-denied-connection': message.slice(0, 255),
  'posture-compliance-statuses': [],
  'schema-version': 'v3',
});

/** Fields of a request that are logged. */
const loggedFields = [
  ...['connection-id', 'endpoint-id', 'common-name', 'username', 'public-ip', 'platform', 'platform-version'],
  ...['client-openvpn-version', 'aws-client-version', 'schema-version'],
];

/** Longest text of a logged field, in characters: the client writes some of them. */
const longestLogged = 256;

/**
 * Who connected, or was refused: one JSON object on one line, in the embedded metric format. Connections that were
 * refused because they could not be checked are counted apart. (TOM-3.6)
 */
function logLine(
  event: unknown,
  { allowed, reason, person, serial }: Decision,
  now: Date,
  { deployment, namespace }: MetricsPlace,
): string {
  const request = (typeof event === 'object' && event !== null ? event : {}) as Readonly<Record<string, unknown>>;
  const fields = loggedFields.flatMap((field) => {
    const value = request[field];
    return typeof value === 'string' ? [[field, value.slice(0, longestLogged)] as const] : [];
  });
  const counts = {
    VpnConnections: allowed ? 1 : 0,
    VpnConnectionsRefused: allowed ? 0 : 1,
    VpnConnectionsUnchecked: reason === 'error' || reason === 'malformed' ? 1 : 0,
  };
  const Metrics = Object.keys(counts).map((Name) => ({ Name, Unit: 'Count' }));
  return JSON.stringify({
    _aws: { Timestamp: now.getTime(), CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [['Deployment']], Metrics }] },
    Deployment: deployment,
    ...counts,
    ...{ event: 'vpn-connection', at: now.toISOString(), allowed, reason, person, serial },
    ...Object.fromEntries(fields),
  });
}
