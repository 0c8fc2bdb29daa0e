// The walk of a flow: from each subnet of its origin, by its way, to its destination and back.
import { type Destination, type Flow, managementNetworks } from '../../../lib/config/flows/flow';
import { addressesOf, type End, endOf, everySourcePort, internetAddresses, visitorsOf } from './ends';
import {
  aclCheck,
  attached,
  type Check,
  endpointOf,
  groupCheck,
  nameCheck,
  placed,
  routeCheck,
  type Step,
  step,
  tooBigCheck,
} from './layers';
import { leaveByFirewall } from './leave';
import { fromManagement } from './management';
import type { NetworkModel } from './model';
import { referenceIn, referencesIn } from './references';
import type { Subnet } from './rows';

/** The steps of a flow in their order, up to the one at which its packets are lost. */
export function walk(flow: Flow, model: NetworkModel): readonly Step[] {
  const steps: Step[] = [];
  for (const check of checksOf(flow, model)) {
    const taken = check();
    steps.push(taken);
    if (!taken.passed) return steps;
  }
  return steps;
}

function* checksOf(flow: Flow, model: NetworkModel): Generator<Check> {
  if (flow.from === 'visitors') return yield* fromInternet(flow, model);
  if (flow.from === managementNetworks) return yield* fromManagement(flow, model);
  const from = endOf(flow.from, model);
  yield placed(flow.from, from);
  if (!from) return;
  for (const host of 'hosts' in flow.to ? flow.to.hosts : namesOf(flow.to.resource, model)) yield nameCheck(host, model);
  for (const port of flow.ports) {
    if (flow.way === 'network' || flow.way === 'endpoint') yield* withinVpc(from, flow.to, port, model);
    if (flow.way === 'gateway endpoint') yield* throughGateway(from, flow.to, port, model);
    if (flow.way === 'firewall') yield* leaveByFirewall(from, 'hosts' in flow.to ? flow.to.hosts : [], port, model);
  }
}

/** Names by which clients reach a database or its proxy; other resources are reached by address. */
function namesOf(name: string, model: NetworkModel): readonly string[] {
  const domain = `111111111111.${model.assembly.facts.region}.rds.amazonaws.com`;
  const type = model.byName.get(name)?.type;
  if (type === 'AWS::RDS::DBCluster') return [`cluster.cluster-${domain}`];
  return type === 'AWS::RDS::DBProxy' ? [`proxy.proxy-${domain}`] : [];
}

function* withinVpc(from: End, to: Destination, port: number, model: NetworkModel): Generator<Check> {
  const endpoint = 'service' in to ? endpointOf(to.service, model, 'Interface') : undefined;
  if ('service' in to) {
    const isPrivate = endpoint?.properties.PrivateDnsEnabled === true;
    const found = endpoint ? `${endpoint.name}, private DNS ${isPrivate ? 'on' : 'off'}` : 'no endpoint';
    yield () =>
      step(
        'endpoint',
        from.name,
        `an interface endpoint of ${to.service} with private DNS`,
        found,
        endpoint && isPrivate ? [endpoint.name] : undefined,
      );
  }
  const name = 'resource' in to ? to.resource : (endpoint?.name ?? '');
  const target = endOf(name, model);
  yield placed(name, target);
  if (!target) return;
  for (const origin of from.subnets) for (const subnet of target.subnets) yield* connection(from, origin, target, subnet, port, model);
}

/** One connection between two subnets, and its responses. Within one subnet, network ACLs do not apply. */
function* connection(from: End, origin: Subnet, to: End, target: Subnet, port: number, model: NetworkModel): Generator<Check> {
  const one = { from: port, to: port };
  for (const source of addressesOf(origin)) {
    for (const address of addressesOf(target)) {
      yield routeCheck(origin, address, 'local', undefined, model);
      yield groupCheck(from, 'out', address, to.groups, port, model);
      if (origin.name !== target.name) {
        yield aclCheck(origin, 'out', address, one, model);
        yield aclCheck(target, 'in', source, one, model);
      }
      yield groupCheck(to, 'in', source, from.groups, port, model);
      yield routeCheck(target, source, 'local', undefined, model);
      if (origin.name === target.name) continue;
      for (const ports of from.sourcePorts) {
        yield aclCheck(target, 'out', source, ports, model);
        yield aclCheck(origin, 'in', address, ports, model);
      }
    }
  }
}

function* throughGateway(from: End, to: Destination, port: number, model: NetworkModel): Generator<Check> {
  const service = 'service' in to ? to.service : '';
  const endpoint = endpointOf(service, model, 'Gateway');
  const tables = referencesIn(endpoint?.properties.RouteTableIds);
  for (const subnet of from.subnets) {
    const isRouted = endpoint !== undefined && tables.includes(subnet.table);
    const found = endpoint ? `${endpoint.name} in ${tables.length} route tables` : 'no endpoint';
    yield () =>
      step(
        'endpoint',
        `${subnet.table} of ${subnet.name}`,
        `the gateway endpoint of ${service}`,
        found,
        isRouted ? [endpoint.name] : undefined,
      );
    for (const address of internetAddresses) {
      yield groupCheck(from, 'out', address, [], port, model);
      yield aclCheck(subnet, 'out', address, { from: port, to: port }, model);
      for (const ports of from.sourcePorts) yield aclCheck(subnet, 'in', address, ports, model);
    }
  }
}

function* fromInternet({ to, ports }: Flow, model: NetworkModel): Generator<Check> {
  const name = 'resource' in to ? to.resource : '';
  const target = endOf(name, model);
  yield placed(name, target);
  if (!target) return;
  yield attached(model);
  for (const port of ports) {
    yield listening(name, port, model);
    for (const subnet of target.subnets) {
      yield excluded(subnet, model);
      for (const visitor of visitorsOf(model)) {
        yield aclCheck(subnet, 'in', visitor, { from: port, to: port }, model);
        yield groupCheck(target, 'in', visitor, [], port, model);
        yield routeCheck(subnet, visitor, 'internet gateway', undefined, model);
        for (const source of everySourcePort) yield aclCheck(subnet, 'out', visitor, source, model);
        yield tooBigCheck(subnet, 'in', visitor, model);
        yield tooBigCheck(subnet, 'out', visitor, model);
      }
    }
  }
}

function listening(balancer: string, port: number, model: NetworkModel): Check {
  return () => {
    const listener = model.resources.find(
      ({ type, properties }) =>
        type === 'AWS::ElasticLoadBalancingV2::Listener' &&
        referenceIn(properties.LoadBalancerArn) === balancer &&
        Number(properties.Port) === port,
    );
    return step('listener', balancer, `a listener on ${port}`, listener?.name ?? 'no listener', listener && [listener.name]);
  };
}

/** Where VPC Block Public Access is on, the subnet is excluded from it. */
function excluded(subnet: Subnet, model: NetworkModel): Check {
  return () => {
    const isOn = model.resources.some(({ type }) => type === 'AWS::EC2::VPCBlockPublicAccessOptions');
    const exclusion = model.resources.find(
      ({ type, properties }) => type === 'AWS::EC2::VPCBlockPublicAccessExclusion' && referenceIn(properties.SubnetId) === subnet.name,
    );
    const found = exclusion?.name ?? (isOn ? 'no exclusion' : 'the block is off');
    return step(
      'public access block',
      subnet.name,
      'an exclusion from the block',
      found,
      exclusion ? [exclusion.name] : isOn ? undefined : [],
    );
  };
}
