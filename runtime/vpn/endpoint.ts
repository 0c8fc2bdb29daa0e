// The Client VPN endpoint: its revocation list and its connections.
import {
  type ClientVpnConnection,
  DescribeClientVpnConnectionsCommand,
  type EC2Client,
  ExportClientVpnClientCertificateRevocationListCommand,
  ImportClientVpnClientCertificateRevocationListCommand,
  TerminateClientVpnConnectionsCommand,
} from '@aws-sdk/client-ec2';
import { messageOf, refusal } from './refusal';

/** A running connection. */
export interface Connection {
  readonly id: string;
  readonly commonName: string;
}

export interface VpnEndpoint {
  /** Its name, for errors. */
  readonly name: string;
  /** Its revocation list in PEM, or undefined if it has none. */
  revocationList(): Promise<string | undefined>;
  /** Replaces its revocation list. */
  importList(pem: string): Promise<void>;
  /** Its running connections. */
  connections(): Promise<readonly Connection[]>;
  /** Ends a connection; one that has ended is no error. */
  terminate(connection: Connection): Promise<void>;
}

/**
 * An endpoint of AWS Client VPN. An import ends all its connections, and clients connect again by themselves
 * ("ImportClientVpnClientCertificateRevocationList", Amazon EC2 API Reference).
 */
export class ClientVpnEndpoint implements VpnEndpoint {
  readonly name: string;

  constructor(
    private readonly client: Pick<EC2Client, 'send'>,
    private readonly id: string,
  ) {
    this.name = id;
  }

  async revocationList(): Promise<string | undefined> {
    const request = new ExportClientVpnClientCertificateRevocationListCommand({ ClientVpnEndpointId: this.id });
    const { CertificateRevocationList: pem } = await this.answered('its revocation list', () => this.client.send(request));
    return pem || undefined;
  }

  async importList(pem: string): Promise<void> {
    const request = new ImportClientVpnClientCertificateRevocationListCommand({
      ClientVpnEndpointId: this.id,
      CertificateRevocationList: pem,
    });
    const { Return: isImported } = await this.answered('the import of a revocation list', () => this.client.send(request));
    if (isImported === false) throw refusal(this.name, 'the import of a revocation list', 'a refusal', 'run the command again');
  }

  async connections(): Promise<readonly Connection[]> {
    const found: ClientVpnConnection[] = [];
    let NextToken: string | undefined;
    do {
      const request = new DescribeClientVpnConnectionsCommand({
        ClientVpnEndpointId: this.id,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      const page = await this.answered('its connections', () => this.client.send(request));
      found.push(...(page.Connections ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    // Connections that ended within the last hour are listed too.
    return found.flatMap(({ ConnectionId: id, CommonName: commonName, Status: status }) =>
      id !== undefined && commonName !== undefined && status?.Code === 'active' ? [{ id, commonName }] : [],
    );
  }

  async terminate({ id, commonName }: Connection): Promise<void> {
    const where = `connection ${id} of ${commonName}`;
    const request = new TerminateClientVpnConnectionsCommand({ ClientVpnEndpointId: this.id, ConnectionId: id });
    const { ConnectionStatuses: statuses = [] } = await this.answered(`the end of ${where}`, () => this.client.send(request));
    const failed = statuses.find(({ CurrentStatus: status }) => status?.Code === 'failed-to-terminate');
    if (failed) throw refusal(this.name, `the end of ${where}`, failed.CurrentStatus?.Message ?? 'a failure', 'run the command again');
  }

  private async answered<Answer>(expected: string, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      const remedy = 'check the id and your permissions, and run the command again';
      throw refusal(this.name, expected, `${name}: ${messageOf(error)}`, remedy);
    }
  }
}
