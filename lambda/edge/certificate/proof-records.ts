// The record by which the deployment proves to an authority that a domain is its own. (RFC 8555, section 8.4)
import { ChangeResourceRecordSetsCommand, GetChangeCommand, type Route53Client } from '@aws-sdk/client-route-53';
import type { Pause } from './pause';

export interface ProofRecords {
  /** Puts the record in place of any other under the name; done when all name servers of the zone answer it. */
  publish(domain: string, value: string): Promise<void>;
  /** Takes it away again. */
  withdraw(domain: string, value: string): Promise<void>;
}

/** Most seconds that Route 53 is waited for; it mostly takes one minute ("GetChange", Amazon Route 53 API Reference). */
const patience = 300;
const interval = 5;

/** In a public hosted zone of Route 53. */
export class Route53Records implements ProofRecords {
  constructor(
    private readonly client: Pick<Route53Client, 'send'>,
    private readonly zone: string,
    private readonly pause: Pause,
  ) {}

  async publish(domain: string, value: string): Promise<void> {
    const id = await this.change('UPSERT', domain, value);
    for (let waited = 0; waited < patience; waited += interval) {
      const { ChangeInfo: change } = await this.client.send(new GetChangeCommand({ Id: id }));
      if (change?.Status === 'INSYNC') return;
      await this.pause(interval * 1000);
    }
    throw new Error(`zone ${this.zone}: expected the proof in all name servers within ${patience} s, it was not; run the function again`);
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
