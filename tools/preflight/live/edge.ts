// The way in: client certificates at the load balancer, and the record that limits who may issue certificates.
import { DescribeListenersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import type { Deployment } from '../deployment';
import { type Check, type Line, laterLine } from '../line';
import { ofType, type Resource, resolveText } from '../templates';

/** A listener keeps a mode that a template no longer names, and then refuses every client. (TOM-4.11) */
export function mutualAuthenticationCheck({ account: { loadBalancing, region }, resources, deployed }: Deployment): Check {
  const listeners = ofType(resources, 'AWS::ElasticLoadBalancingV2::Listener').filter(({ properties }) => properties.Protocol === 'HTTPS');
  const lineOf = async (listener: Resource): Promise<Line> => {
    const { Port, MutualAuthentication } = listener.properties as { Port: number; MutualAuthentication?: { readonly Mode?: string } };
    const check = `client certificates at port ${Port} of ${listener.stack}`;
    const wanted = `mode ${MutualAuthentication?.Mode ?? 'off'}`;
    const arn = await deployed.find(listener);
    if (arn === undefined) return laterLine(check, wanted);
    const { Listeners = [] } = await loadBalancing.send(new DescribeListenersCommand({ ListenerArns: [arn] }));
    const found = `mode ${Listeners[0]?.MutualAuthentication?.Mode ?? 'off'}`;
    const command = `aws elbv2 describe-listeners --listener-arns ${arn} --region ${region}`;
    return { check, verdict: found === wanted ? 'ready' : 'change', found, wanted, command };
  };
  return { name: 'client certificates at the load balancer', run: () => Promise.all(listeners.map(lineOf)) };
}

/**
 * Before the deployment the name has no CAA record, which CloudFormation would not replace; afterwards it has that of
 * the template.
 */
export function issuerCheck({ account: { route53 }, resources, pseudo, deployed }: Deployment): Check {
  const records = ofType(resources, 'AWS::Route53::RecordSet').filter(({ properties }) => properties.Type === 'CAA');
  const lineOf = async (record: Resource): Promise<Line> => {
    const { properties } = record;
    const name = resolveText(properties.Name, pseudo) ?? '';
    const zone = resolveText(properties.HostedZoneId, pseudo) ?? '';
    const answer = await route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zone, StartRecordName: name, StartRecordType: 'CAA', MaxItems: 1 }),
    );
    const [first] = answer.ResourceRecordSets ?? [];
    const isThere = first?.Name === name && first.Type === 'CAA';
    const found = isThere ? valuesOf(first.ResourceRecords?.map(({ Value = '' }) => Value)) : 'none';
    const isDeployed = (await deployed.find(record)) !== undefined;
    const wanted = valuesOf(properties.ResourceRecords as readonly string[]);
    const show = `aws route53 list-resource-record-sets --hosted-zone-id ${zone} --start-record-name ${name} --start-record-type CAA --max-items 1`;
    const check = `CAA record of ${name}`;
    if (!isDeployed && !isThere) return laterLine(check, wanted, show);
    if (isDeployed) return { check, verdict: found === wanted ? 'ready' : 'change', found, wanted, command: show };
    const remove = `aws route53 change-resource-record-sets --hosted-zone-id ${zone} --change-batch '${deletionOf(first)}'`;
    return { check, verdict: 'change', found, wanted: `none before the stack ${record.stack} creates it`, command: remove };
  };
  return { name: 'CAA records', run: () => Promise.all(records.map(lineOf)) };
}

const valuesOf = (values: readonly string[] | undefined): string => [...(values ?? [])].sort().join(', ');

const deletionOf = (record: unknown): string => JSON.stringify({ Changes: [{ Action: 'DELETE', ResourceRecordSet: record }] });
