// The connection and its secret, as EC2 and Secrets Manager describe them.
import { DescribeVpnConnectionsCommand, type EC2Client, type TunnelOption } from '@aws-sdk/client-ec2';
import { ListSecretVersionIdsCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Connection, ConnectionSource, Tunnel } from './examine';

/** A connection that is being deleted, or was, is no connection. */
const gone = new Set(['deleting', 'deleted']);

const notFound = 'InvalidVpnConnectionID.NotFound';

export function liveConnection(ec2: EC2Client, secrets: SecretsManagerClient, id: string): ConnectionSource {
  return {
    async read(): Promise<Connection | undefined> {
      try {
        const { VpnConnections = [] } = await ec2.send(new DescribeVpnConnectionsCommand({ VpnConnectionIds: [id] }));
        const found = VpnConnections.find(({ State = '' }) => !gone.has(State));
        if (found === undefined) return undefined;
        return { secret: found.PreSharedKeyArn, tunnels: (found.Options?.TunnelOptions ?? []).map(tunnelOf) };
      } catch (error) {
        if (error instanceof Error && error.name === notFound) return undefined;
        throw error;
      }
    },
    async keysChanged(secret: string): Promise<Date | undefined> {
      const { Versions = [] } = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: secret }));
      return Versions.find(({ VersionStages = [] }) => VersionStages.includes('AWSCURRENT'))?.CreatedDate;
    },
  };
}

type Values = readonly { readonly Value?: string | number | undefined }[] | undefined;
const valuesOf = (list: Values): readonly string[] => (list ?? []).map(({ Value }) => String(Value)).sort();

const tunnelOf = (option: TunnelOption): Tunnel => ({
  address: option.OutsideIpAddress ?? 'without an address',
  ikeVersions: valuesOf(option.IkeVersions),
  encryption: { 1: valuesOf(option.Phase1EncryptionAlgorithms), 2: valuesOf(option.Phase2EncryptionAlgorithms) },
  integrity: { 1: valuesOf(option.Phase1IntegrityAlgorithms), 2: valuesOf(option.Phase2IntegrityAlgorithms) },
  groups: { 1: valuesOf(option.Phase1DHGroupNumbers), 2: valuesOf(option.Phase2DHGroupNumbers) },
  log: option.LogOptions?.CloudWatchLogOptions?.LogEnabled === true ? option.LogOptions.CloudWatchLogOptions.LogGroupArn : undefined,
});
