// The DNS record that proves control of a domain to the authority. (RFC 8555, section 8.4)
import { ChangeResourceRecordSetsCommand, GetChangeCommand, type Route53Client } from '@aws-sdk/client-route-53';
import type { Pause } from './pause';

export interface ProofRecords {
  /** Replaces any record under the name. Resolves when all name servers of the zone return the record. */
  publish(domain: string, value: string): Promise<void>;
  /** Deletes the record. */
  withdraw(domain: string, value: string): Promise<void>;
}

/**
 * Maximum wait for Route 53 in seconds; changes usually take up to one minute ("GetChange", Amazon Route 53 API
 * Reference).
 */
const waitLimit = 300;
/** Seconds between requests. */
const interval = 5;

/** Records in a public hosted zone of Route 53. */
export class Route53Records implements ProofRecords {
  constructor(
    private readonly client: Pick<Route53Client, 'send'>,
    private readonly zone: string,
    private readonly pause: Pause,
  ) {}

  async publish(domain: string, value: string): Promise<void> {
    const id = await this.change('UPSERT', domain, value);
    for (let waited = 0; waited < waitLimit; waited += interval) {
      const { ChangeInfo: change } = await this.client.send(new GetChangeCommand({ Id: id }));
      if (change?.Status === 'INSYNC') return;
      await this.pause(interval * 1000);
    }
    throw new Error(
      `zone ${this.zone}: expected the record on all name servers within ${waitLimit} s, got a pending change; run the function again`,
    );
  }

  async withdraw(domain: string, value: string): Promise<void> {
    await this.change('DELETE', domain, value);
  }

  private async change(Action: 'UPSERT' | 'DELETE', domain: string, value: string): Promise<string> {
    const { ChangeInfo: change } = await this.client.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: this.zone,
        ChangeBatch: {
          Changes: [
            {
              Action,
              ResourceRecordSet: { Name: `_acme-challenge.${domain}`, Type: 'TXT', TTL: 60, ResourceRecords: [{ Value: `"${value}"` }] },
            },
          ],
        },
      }),
    );
    if (change?.Id === undefined) throw new Error(`zone ${this.zone}: expected the id of a change, got none; run the function again`);
    return change.Id;
  }
}
