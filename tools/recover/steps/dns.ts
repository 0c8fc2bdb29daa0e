// The records of the name, which lead to the site that is recovered: switched, or printed for a person.
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { type HostedName, hostedNameOf } from '../../../lib/edge/dns-records';
import { ToolError } from '../../command-line';
import { type Balancer, balancerOf, findBalancer } from '../edge-place';
import type { Recovery } from '../recovery';
import type { Step } from '../step';

const types = ['A', 'AAAA'] as const;
type RecordType = (typeof types)[number];

export const dnsStep: Step = {
  ...{ name: 'dns', title: 'the DNS records' },
  leftOutBy: ({ site }) => (nameOf(site()) === undefined ? 'the configuration has no name (edge.domain)' : undefined),
  async left(recovery) {
    recovery.facts.dns = [];
    const balancer = await findBalancer(recovery);
    if (balancer === undefined) return [`${nameOf(recovery.site())}: to the load balancer of the edge stack, once it is deployed`];
    const hosted = hostedNameOf(recovery.site());
    // The zone is elsewhere: its records cannot be read, and people switch them.
    const open = hosted ? await openTypes(recovery, hosted, balancer) : [];
    if (!recovery.options.switchDns || !hosted) recovery.facts.dns = byHand(recovery, hosted, balancer, open);
    return recovery.options.switchDns ? open.map((type) => `switch ${type} of ${hosted?.name} to ${aliasOf(balancer)}`) : [];
  },
  async act(recovery) {
    const hosted = hostedNameOf(recovery.site());
    if (!hosted) return;
    const balancer = await balancerOf(recovery);
    const open = await openTypes(recovery, hosted, balancer);
    const Changes = open.map((type) => ({ Action: 'UPSERT' as const, ResourceRecordSet: recordOf(type, hosted, balancer) }));
    const change = { HostedZoneId: hosted.zoneId, ChangeBatch: { Comment: 'npm run recover', Changes } };
    const { ChangeInfo } = await recovery.account.route53.send(new ChangeResourceRecordSetsCommand(change));
    await untilEverywhere(recovery, ChangeInfo?.Id ?? '');
  },
};

const nameOf = ({ settings: { edge } }: ReturnType<Recovery['site']>): string | undefined =>
  edge.cloudflare ? edge.cloudflare.origin : edge.domain;

const aliasOf = ({ name }: Balancer): string => `dualstack.${name}`;

const recordOf = (Type: RecordType, { name }: HostedName, balancer: Balancer): ResourceRecordSet => ({
  ...{ Name: `${name}.`, Type },
  AliasTarget: { DNSName: aliasOf(balancer), HostedZoneId: balancer.zoneId, EvaluateTargetHealth: true },
});

/** The types whose record does not lead to the load balancer. @throws ToolError for records with a routing policy */
async function openTypes({ account }: Recovery, { name, zoneId }: HostedName, balancer: Balancer): Promise<readonly RecordType[]> {
  const open: RecordType[] = [];
  for (const type of types) {
    const from = { HostedZoneId: zoneId, StartRecordName: `${name}.`, StartRecordType: type, MaxItems: 1 };
    const { ResourceRecordSets = [] } = await account.route53.send(new ListResourceRecordSetsCommand(from));
    const present = ResourceRecordSets.find((record) => plain(record.Name) === name && record.Type === type);
    if (present?.SetIdentifier !== undefined) {
      throw new ToolError(
        `${type} of ${name}: expected one record, got several with a routing policy, as "${present.SetIdentifier}"; switch them by hand to ` +
          aliasOf(balancer),
      );
    }
    if (plain(present?.AliasTarget?.DNSName) !== aliasOf(balancer).toLowerCase()) open.push(type);
  }
  return open;
}

/** A name as it is written: Route 53 ends names with a dot. */
const plain = (name = ''): string => name.toLowerCase().replace(/\.$/, '');

function byHand({ site }: Recovery, hosted: HostedName | undefined, balancer: Balancer, open: readonly RecordType[]): readonly string[] {
  if (hosted) {
    const place = `in the hosted zone ${hosted.zoneId}: alias ${aliasOf(balancer)} of the zone ${balancer.zoneId}, with evaluation of its health`;
    return open.map((type) => `${type} of ${hosted.name} ${place} (or run the command again with --switch-dns)`);
  }
  return [`${nameOf(site())} where its zone is, which no edge.hostedZone names: to ${balancer.name}, as an alias or a CNAME`];
}

const between = 5_000;
const longest = 300_000;

/** Waits until every name server of Route 53 has the change. */
async function untilEverywhere({ account, pause }: Recovery, Id: string): Promise<void> {
  for (let waited = 0; waited <= longest; waited += between) {
    const { ChangeInfo } = await account.route53.send(new GetChangeCommand({ Id }));
    if (ChangeInfo?.Status === 'INSYNC') return;
    await pause(between);
  }
  throw new ToolError(`DNS: expected the change ${Id} on all name servers within 5 minutes, got another state; run the command again`);
}
