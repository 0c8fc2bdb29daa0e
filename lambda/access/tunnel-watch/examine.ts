// What differs from the promise in a Site-to-Site VPN connection: tunnels, algorithms, log, and the age of the keys.
import type { ProbeFinding, ProbeResult } from '../../../runtime/probe';
import type { TunnelAlgorithms } from './algorithms';

/** Tunnels of a connection. (TOM-6.5) */
const tunnelCount = 2;

/** Lists of the two phases of the key exchange. */
type Phases = Readonly<Record<1 | 2, readonly string[]>>;

/** A tunnel; its lists are sorted, and an empty one admits every algorithm. */
export interface Tunnel {
  /** Outside address at AWS, which names the tunnel. */
  readonly address: string;
  readonly ikeVersions: readonly string[];
  readonly encryption: Phases;
  readonly integrity: Phases;
  readonly groups: Phases;
  /** ARN of the log group that receives its log, where it is on. */
  readonly log: string | undefined;
}

export interface Connection {
  /** ARN of the secret with the pre-shared keys. */
  readonly secret: string | undefined;
  readonly tunnels: readonly Tunnel[];
}

/** The calls to AWS that the function makes. */
export interface ConnectionSource {
  /** The connection, or undefined where it does not exist. */
  read(): Promise<Connection | undefined>;
  /** When the keys in the secret were last written; undefined without a present version. */
  keysChanged(secret: string): Promise<Date | undefined>;
}

export interface Examined {
  readonly deployment: string;
  /** Id of the connection. */
  readonly connection: string;
  readonly algorithms: TunnelAlgorithms;
  /** Days after which a pre-shared key is reported. (TOM-3.10) */
  readonly keyDays: number;
  readonly now: Date;
}

const millisecondsOfDay = 86_400_000;

/** Examines the connection. A call that fails makes the run incomplete; it is never a finding. (TOM-3.1, TOM-3.10) */
export async function examine(source: ConnectionSource, examined: Examined): Promise<ProbeResult> {
  try {
    const connection = await source.read();
    if (connection === undefined) return { looked: { connections: 0, tunnels: 0 }, findings: [missing(examined)], unseen: [] };
    const findings = [
      ...countFindings(connection, examined),
      ...connection.tunnels.flatMap((tunnel) => tunnelFindings(tunnel, examined)),
      ...(await keyFindings(connection, source, examined)),
    ];
    return { looked: { connections: 1, tunnels: connection.tunnels.length }, findings, unseen: [] };
  } catch (error) {
    return { looked: { connections: 0, tunnels: 0 }, findings: [], unseen: [`${examined.connection}: ${String(error)}`] };
  }
}

const author = 'find the caller of ModifyVpnTunnelOptions in the audit trail';

const missing = ({ connection }: Examined): ProbeFinding => ({
  ...{ id: 'connection', resource: connection, found: 'no connection', required: 'the connection of the access stack' },
  fix: 'Find the caller of DeleteVpnConnection in the audit trail, then deploy the access stack again.',
});

function countFindings({ tunnels }: Connection, { connection }: Examined): readonly ProbeFinding[] {
  if (tunnels.length === tunnelCount) return [];
  const fix = 'Deploy the access stack again.';
  return [{ id: 'tunnels', resource: connection, found: `${tunnels.length} tunnels`, required: `${tunnelCount} tunnels`, fix }];
}

function tunnelFindings(tunnel: Tunnel, { deployment, connection, algorithms }: Examined): readonly ProbeFinding[] {
  const { address, ikeVersions, log } = tunnel;
  const phases = ([1, 2] as const).flatMap((phase) =>
    (['encryption', 'integrity', 'groups'] as const).map((list) => [`phase ${phase} ${list}`, tunnel[list][phase], list] as const),
  );
  const lists = [['IKE versions', ikeVersions, 'ikeVersions'] as const, ...phases];
  const weak = lists.flatMap(([name, found, list]) => {
    const { [list]: allowed } = algorithms;
    return found.length > 0 && found.every((value) => allowed.includes(value)) ? [] : [{ name, found, allowed }];
  });
  const resource = `${connection}, tunnel ${address}`;
  const fix = `Set the tunnel options of the template again by aws ec2 modify-vpn-tunnel-options; ${author}.`;
  return [
    ...weak.map(({ name, found, allowed }) => ({
      ...{ id: `${address}::${name}`, resource, found: `${name}: ${found.join(', ') || 'all'}` },
      ...{ required: `of ${allowed.join(', ')}`, fix },
    })),
    ...(log?.endsWith(`:log-group:/rempart/${deployment}/tunnels`)
      ? []
      : [{ id: `${address}::log`, resource, found: log ?? 'no log', required: `a log in /rempart/${deployment}/tunnels`, fix }]),
  ];
}

const rotate = (connection: string): string =>
  `Replace the pre-shared keys of ${connection}, one tunnel at a time: docs/runbook.md, "Replace the keys of the tunnels".`;

/** One secret has the keys of both tunnels, so its age is that of the key that was replaced last. */
async function keyFindings(
  { secret }: Connection,
  source: ConnectionSource,
  { connection, keyDays, now }: Examined,
): Promise<readonly ProbeFinding[]> {
  if (secret?.includes(':secret:s2svpn!') !== true) {
    const required = 'the keys in a secret of Site-to-Site VPN';
    return [{ id: 'storage', resource: connection, found: secret ?? 'no secret', required, fix: rotate(connection) }];
  }
  const changed = await source.keysChanged(secret);
  if (changed === undefined) {
    return [{ id: 'keys', resource: secret, found: 'no present version', required: 'the keys of the tunnels', fix: rotate(connection) }];
  }
  const days = Math.floor((now.getTime() - changed.getTime()) / millisecondsOfDay);
  if (days < keyDays) return [];
  const required = `fewer than ${keyDays} days`;
  return [{ id: 'age', resource: secret, found: `keys of ${days} days`, required, fix: rotate(connection) }];
}
