// Part 2 of the rehearsal: each declared flow arrives in the network of the templates, and each way of the templates
// is one of a declared flow.
import { flowsOf } from '../../lib/config/flows/all';
import type { Flow, FlowSettings } from '../../lib/config/flows/flow';
import type { Assembly, DeploymentFacts } from '../../lib/tom/template/assembly';
import type { Step } from './network/layers';
import { readNetwork } from './network/model';
import { undeclaredWays } from './network/reverse';
import type { UndeclaredWay } from './network/rows';
import { walk } from './network/walk';

export interface FlowRow {
  readonly flow: Flow;
  readonly outcome: 'arrives' | 'lost';
  /** The steps in their order; the last one of a lost flow is where its packets are lost. */
  readonly layers: readonly Step[];
}

export interface FlowRehearsal {
  readonly rows: readonly FlowRow[];
  /** Ways of the templates that no flow declares. */
  readonly undeclared: readonly UndeclaredWay[];
}

export const flowSettingsOf = ({ environment, region, site, settings }: DeploymentFacts): FlowSettings => ({
  environment,
  region,
  allowedDomains: settings.network.allowedDomains,
  clientVpn: settings.access.vpnCertificate[site] !== undefined,
  managementVpn: settings.access.managementGateway[site] !== undefined,
  instanceConnect: settings.access.instanceConnect,
});

/** Takes each flow through the templates, and each way of the templates to the flows. */
export function rehearseFlows(assembly: Assembly, flows: readonly Flow[] = flowsOf(flowSettingsOf(assembly.facts))): FlowRehearsal {
  const model = readNetwork(assembly);
  const rows = flows.map((flow): FlowRow => {
    const layers = walk(flow, model);
    return { flow, outcome: layers.length > 0 && layers.every(({ passed }) => passed) ? 'arrives' : 'lost', layers };
  });
  const used = new Set(rows.flatMap(({ layers }) => layers.flatMap(({ uses }) => uses)));
  return { rows, undeclared: undeclaredWays(model, flows, used) };
}

/** Sentence about a lost flow: where its packets are lost, what was expected, what came. */
export function lossOf({ flow, layers }: FlowRow): string {
  const last = layers.at(-1);
  if (!last) return `${flow.name}: expected a way, got none; declare a way that the rehearsal can walk`;
  return `${flow.name}: lost at the ${last.layer} (${last.where}): expected ${last.expected}, got ${last.found}`;
}
