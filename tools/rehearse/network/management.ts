// The way of the management networks: the tunnels, the virtual private gateway, the endpoint of a service, and back.
import type { Flow } from '../../../lib/config/flows/flow';
import { boundsOf, type End, endOf, everySourcePort, managementRanges } from './ends';
import { aclCheck, type Check, endpointOf, groupCheck, placed, routeCheck, step } from './layers';
import type { NetworkModel } from './model';
import { type Named, referenceIn } from './references';

/** Names resolve in the management networks, to the addresses of the endpoints (docs/adr/0018). */
export function* fromManagement({ to, ports }: Flow, model: NetworkModel): Generator<Check> {
  const service = 'service' in to ? to.service : '';
  const endpoint = endpointOf(service, model, 'Interface');
  yield () =>
    step('endpoint', 'management networks', `an interface endpoint of ${service}`, endpoint?.name ?? 'none', endpoint && [endpoint.name]);
  const target = endOf(endpoint?.name ?? '', model);
  yield placed(endpoint?.name ?? '', target);
  if (!target) return;
  for (const range of managementRanges(model)) {
    const connection = model.resources.find(({ type }) => type === 'AWS::EC2::VPNConnection');
    yield connected(connection, range, model);
    const gateway = referenceIn(connection?.properties.VpnGatewayId);
    yield attachedGateway(gateway, model);
    for (const port of ports) yield* arrive(range, target, port, gateway, model);
  }
}

/** The connection has a customer gateway, static routes alone, and one to the range. */
function connected(connection: Named | undefined, range: string, model: NetworkModel): Check {
  return () => {
    const expected = `a connection to a customer gateway, with a static route to ${range}`;
    const customer = model.byName.get(referenceIn(connection?.properties.CustomerGatewayId) ?? '');
    const route = model.resources.find(
      ({ type, properties }) =>
        type === 'AWS::EC2::VPNConnectionRoute' &&
        referenceIn(properties.VpnConnectionId) === connection?.name &&
        properties.DestinationCidrBlock === range,
    );
    const isStatic = connection?.properties.StaticRoutesOnly === true;
    const found = [connection?.name ?? 'no connection', customer?.name ?? 'no customer gateway', route?.name ?? 'no route'].join(', ');
    const uses = connection && customer && route && isStatic ? [connection.name, customer.name, route.name] : undefined;
    return step('VPN gateway', 'management networks', expected, `${found}${isStatic ? '' : ', routes that the other end announces'}`, uses);
  };
}

function attachedGateway(gateway: string | undefined, model: NetworkModel): Check {
  return () => {
    const attachment = model.resources.find(
      ({ type, properties }) => type === 'AWS::EC2::VPCGatewayAttachment' && referenceIn(properties.VpnGatewayId) === gateway,
    );
    const found = attachment?.name ?? 'no attachment';
    return step(
      ...(['VPN gateway', 'the VPC', 'an attached virtual private gateway', found] as const),
      gateway !== undefined && attachment ? [attachment.name, gateway] : undefined,
    );
  };
}

/** A packet of the gateway has the address of its sender, and the subnet of the endpoint routes the response. */
function* arrive(range: string, target: End, port: number, gateway: string | undefined, model: NetworkModel): Generator<Check> {
  for (const subnet of target.subnets) {
    for (const source of boundsOf(range)) {
      yield aclCheck(subnet, 'in', source, { from: port, to: port }, model);
      yield groupCheck(target, 'in', source, [], port, model);
      yield routeCheck(subnet, source, 'VPN gateway', gateway, model);
      for (const ports of everySourcePort) yield aclCheck(subnet, 'out', source, ports, model);
    }
  }
}
