// The network in the templates: subnets with tier, zone, routes and network ACL, and the target of each route.

import { type Assembly, isObject, type Json, listOf, type Resource } from './assembly';
import {
  aclAssociationType,
  firewallType,
  internetGatewayType,
  natGatewayType,
  routeTableAssociationType,
  routeType,
  subnetType,
} from './resource-types';

/** Target of a route. `unknown` is a gateway that the templates do not resolve. */
export type RouteTarget = 'internet' | 'nat' | 'firewall' | 'unknown' | 'other';

/** Tag that the CDK VPC sets on each subnet: the name of its subnet group ("SubnetConfiguration", name). */
export const tierTag = 'aws-cdk:subnet-name';

/** Tiers with a route to the internet gateway: proxies and NAT gateways. */
export const internetFacingTiers = ['public', 'egress'];
/** The tier of the proxies, which has load balancers only. */
export const proxyTier = 'public';
/** The tier of the databases, without connections to or from outside the VPC. */
export const isolatedTier = 'isolated';
/** Tiers whose servers and functions may open connections to the internet. */
export const leavingTiers = ['private', 'functions'];

const internetGateways = [internetGatewayType, 'AWS::EC2::EgressOnlyInternetGateway'];
const defaultDestinations = ['0.0.0.0/0', '::/0'];

/** A subnet. Properties are read lazily, so that a rule reads only the properties that it uses. */
export class Subnet {
  constructor(
    readonly resource: Resource,
    private readonly network: Network,
  ) {}

  /** Value of the tier tag, as in `private`; empty without a tag. */
  get tier(): string {
    const tag = listOf(this.resource.at('Tags')).find((candidate) => isObject(candidate) && candidate.Key === tierTag);
    return isObject(tag) && typeof tag.Value === 'string' ? tag.Value : '';
  }

  /** Key of its zone, equal for subnets of one zone; `undefined` without a zone. */
  get zone(): string | undefined {
    const zone = this.resource.at('AvailabilityZone');
    return zone === undefined ? undefined : JSON.stringify(zone);
  }

  /** The network ACL it is associated with. */
  get acl(): Resource | undefined {
    return this.network.acls.get(this.resource);
  }

  /** The route table it is associated with; `undefined` without an association. */
  get table(): Resource | undefined {
    return this.network.tables.get(this.resource);
  }

  /** The routes of the associated route table. */
  get routes(): readonly Route[] | undefined {
    const { table } = this;
    return table && (this.network.routes.get(table) ?? []);
  }
}

export class Route {
  constructor(
    readonly resource: Resource,
    private readonly assembly: Assembly,
  ) {}

  /** Whether the destination is all addresses of an address family. */
  get isDefault(): boolean {
    const destination = this.resource.at('DestinationCidrBlock') ?? this.resource.at('DestinationIpv6CidrBlock');
    return defaultDestinations.some((range) => range === destination);
  }

  /** Whether the destination is a subnet of the deployment, so that its traffic stays in the network. */
  get isInside(): boolean {
    const destination = this.resource.at('DestinationCidrBlock');
    if (destination === undefined) return false;
    return subnetsOf(this.assembly).some(
      ({ resource }) => destination === resource.at('CidrBlock') || this.assembly.refersTo(destination, this.resource, resource),
    );
  }

  get targetType(): RouteTarget {
    const { target } = this;
    // EC2 refuses a route with two targets, and which one is meant is open.
    if (this.gateways.length > 1) return 'unknown';
    if (internetGateways.some((type) => type === target?.type)) return 'internet';
    if (this.gateways.length > 0) return target ? 'other' : 'unknown';
    if (target?.type === natGatewayType) return 'nat';
    return target?.type === firewallType ? 'firewall' : 'other';
  }

  /** The gateway or firewall that the route targets. */
  get target(): Resource | undefined {
    const { resource, assembly } = this;
    const [gateway] = this.gateways;
    if (gateway !== undefined) return assembly.target(gateway, resource.stack);
    return assembly.target(resource.at('NatGatewayId'), resource.stack) ?? firewallBehind(resource.at('VpcEndpointId'), resource, assembly);
  }

  private get gateways(): readonly Json[] {
    return ['GatewayId', 'EgressOnlyInternetGatewayId'].flatMap((name) => this.resource.at(name) ?? []);
  }
}

/** The network of one deployment, with the associations of its subnets; each is read lazily and once. */
class Network {
  readonly subnets: readonly Subnet[];
  private readonly associationsByType = new Map<string, ReadonlyMap<Resource, Resource>>();
  private cachedRoutes: ReadonlyMap<Resource, readonly Route[]> | undefined;

  constructor(private readonly assembly: Assembly) {
    this.subnets = assembly.ofType(subnetType).map((resource) => new Subnet(resource, this));
  }

  get tables(): ReadonlyMap<Resource, Resource> {
    return this.associations(routeTableAssociationType, 'RouteTableId');
  }

  get acls(): ReadonlyMap<Resource, Resource> {
    return this.associations(aclAssociationType, 'NetworkAclId');
  }

  get routes(): ReadonlyMap<Resource, readonly Route[]> {
    this.cachedRoutes ??= this.routesByTable();
    return this.cachedRoutes;
  }

  private associations(type: string, to: string): ReadonlyMap<Resource, Resource> {
    const cached = this.associationsByType.get(type);
    if (cached) return cached;
    const map = new Map<Resource, Resource>();
    for (const association of this.assembly.ofType(type)) {
      const subnet = this.assembly.target(association.at('SubnetId'), association.stack);
      const target = this.assembly.target(association.at(to), association.stack);
      if (subnet && target) map.set(subnet, target);
    }
    this.associationsByType.set(type, map);
    return map;
  }

  private routesByTable(): ReadonlyMap<Resource, readonly Route[]> {
    const map = new Map<Resource, Route[]>();
    for (const resource of this.assembly.ofType(routeType)) {
      const table = this.assembly.target(resource.at('RouteTableId'), resource.stack);
      if (!table) continue;
      const route = new Route(resource, this.assembly);
      const others = map.get(table);
      if (others) others.push(route);
      else map.set(table, [route]);
    }
    return map;
  }
}

const networks = new WeakMap<Assembly, Network>();

/** Every subnet of the deployment. */
export function subnetsOf(assembly: Assembly): readonly Subnet[] {
  const network = networks.get(assembly) ?? new Network(assembly);
  networks.set(assembly, network);
  return network.subnets;
}

export function subnetOf(resource: Resource | undefined, assembly: Assembly): Subnet | undefined {
  return subnetsOf(assembly).find((subnet) => subnet.resource === resource);
}

/** The default routes of a subnet. */
export const defaultRoutes = ({ routes }: Subnet): readonly Route[] => (routes ?? []).filter(({ isDefault }) => isDefault);

/** The subnet of a NAT gateway or of a firewall of one zone. */
export function subnetOfTarget(target: Resource | undefined, assembly: Assembly): Subnet | undefined {
  if (target?.type === natGatewayType) return subnetOf(assembly.target(target.at('SubnetId'), target.stack), assembly);
  if (target?.type !== firewallType) return undefined;
  const mappings = listOf(target.at('SubnetMappings'));
  // With several endpoints, a template does not determine which one a route targets: their order is not guaranteed.
  return mappings.length === 1 ? subnetOf(assembly.target(target.at('SubnetMappings.0.SubnetId'), target.stack), assembly) : undefined;
}

/** The firewall of an endpoint id, which intrinsics select from the firewall's list of `<zone>:<endpoint>`. */
function firewallBehind(endpoint: Json | undefined, route: Resource, assembly: Assembly): Resource | undefined {
  let value = endpoint;
  for (let depth = 0; depth < 8 && isObject(value); depth++) {
    const target = assembly.target(value, route.stack);
    if (target) return target.type === firewallType ? target : undefined;
    const cut = value['Fn::Select'] ?? value['Fn::Split'];
    value = Array.isArray(cut) ? (cut[1] as Json) : undefined;
  }
  return undefined;
}
