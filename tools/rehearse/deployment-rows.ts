// The parts of the rehearsal that concern one deployment at one site, as rows.
import { callRows } from './call-rows';
import type { Deployed } from './deployed';
import { lossOf, rehearseFlows } from './flows';
import { rehearseForbidden } from './forbidden';
import { issuerRows } from './issuers';
import { rehearseOrder } from './order';
import type { Part, Row } from './row';
import { rehearseServices, unusedStatements } from './services';
import { StandIn } from './stand-in';
import { rehearseValues } from './values';

/** The rows of a deployment; `label` is its name in them. */
export async function deploymentRows(deployed: Deployed, label: string, wanted: readonly Part[]): Promise<readonly Row[]> {
  const standIn = new StandIn(deployed.assembly);
  const rows: Row[] = [];
  if (wanted.includes('calls')) rows.push(...(await callRows(standIn)));
  if (wanted.includes('services')) rows.push(...(await serviceRows(standIn)));
  if (wanted.includes('flows')) rows.push(...flowRows(deployed));
  if (wanted.includes('order')) rows.push(...rehearseOrder(deployed));
  if (wanted.includes('values')) rows.push(...rehearseValues(standIn));
  return rows.map((row) => ({ ...row, subject: `${label}: ${row.subject}` }));
}

async function serviceRows(standIn: StandIn): Promise<readonly Row[]> {
  const requests = (await rehearseServices(standIn)).map(({ cause, service, action, resource, source, right, reason }): Row => {
    const detail = `${service} ${action} on ${resource}, ${source === 'own' ? 'for the deployment' : 'for another account'}`;
    if (right) return { part: 'services', subject: cause, outcome: 'ok', detail };
    const fix =
      source === 'own' ? 'Admit the service in the policy of the resource.' : 'Limit the statement to aws:SourceAccount or aws:SourceArn.';
    return { part: 'services', subject: cause, outcome: source === 'own' ? 'refused' : 'undeclared', detail: `${detail}: ${reason}`, fix };
  });
  const unused = unusedStatements(standIn).map(
    (statement): Row => ({
      part: 'services',
      subject: statement,
      outcome: 'undeclared',
      detail: 'the policy admits a service that makes no request for the deployment',
      fix: 'Remove the statement, or add the request to tools/rehearse/deliveries.ts.',
    }),
  );
  return [...requests, ...unused, ...(await forbiddenRows(standIn)), ...issuerRows(standIn.assembly)];
}

async function forbiddenRows(standIn: StandIn): Promise<readonly Row[]> {
  return (await rehearseForbidden(standIn)).map(({ subject, action, resource, how, wanted, right, reason }): Row => {
    const detail = `${action} on ${resource} ${how}, by a caller with every permission: ${wanted}`;
    if (right) return { part: 'services', subject, outcome: 'ok', detail };
    const fix = wanted === 'refused' ? 'Deny it in the policy of the resource, or in the boundary.' : 'Except it from the denial.';
    const outcome = wanted === 'refused' ? 'undeclared' : 'refused';
    return { part: 'services', subject, outcome, detail: `expected ${detail}, got: ${reason}`, fix };
  });
}

function flowRows({ assembly }: Deployed): readonly Row[] {
  const { rows, undeclared } = rehearseFlows(assembly);
  return [
    ...rows.map((row): Row => {
      const arrives = row.outcome === 'arrives';
      const detail = arrives ? `passes ${row.layers.length} layers` : lossOf(row);
      return { part: 'flows', subject: row.flow.name, outcome: arrives ? 'ok' : 'refused', detail };
    }),
    ...undeclared.map(
      ({ layer, where, open }): Row => ({
        part: 'flows',
        subject: where,
        outcome: 'undeclared',
        detail: `${layer}: expected a way that a flow declares, got ${open}`,
        fix: 'Close the way, or declare the flow in lib/config/flows.',
      }),
    ),
  ];
}
