// The network as its templates draw it: subnets with their tier, zone, routes and network ACL, and where each route leads.
import { type Assembly, isObject, type Json, listOf, type Resource } from './assembly';

/** What a route points to. `unknown` is a gateway that the templates do not tell. */
export type RouteTarget = 'internet' | 'nat' | 'firewall' | 'unknown' | 'other';

/** Tag that the library's VPC gives each subnet: the name of its group ("SubnetConfiguration", name). */
export const tierTag = 'aws-cdk:subnet-name';

/** Tiers that face the internet: proxies, and the NAT gateways of the way out. */
export const facingTiers = ['public', 'egress'];
/** The tier of the proxies: load balancers, and nothing else. */
export const proxyTier = 'public';
/** The tier of the databases, which opens no connection beyond the VPC and takes none. */
export const isolatedTier = 'isolated';
/** Tiers whose servers and functions may open connections to the internet. */
export const leavingTiers = ['private', 'functions'];

const internetGateways = ['AWS::EC2::InternetGateway', 'AWS::EC2::EgressOnlyInternetGateway'];
const everywhere = ['0.0.0.0/0', '::/0'];

/** A subnet. Nothing is read before it is asked for, so that a rule reads no more than it needs. */
export class Subnet {
  constructor(
    readonly resource: Resource,
    private readonly network: Network,
  ) {}

  /** The name that the subnet is tagged with, as in `private`; empty where it has none. */
  get tier(): string {
    const tag = listOf(this.resource.at('Tags')).find((candidate) => isObject(candidate) && candidate.Key === tierTag);
    return isObject(tag) && typeof tag.Value === 'string' ? tag.Value : '';
  }

  /** What stands for its zone; equal for subnets of one zone. `undefined` where it has none. */
  get zone(): string | undefined {
    const zone = this.resource.at('AvailabilityZone');
    return zone === undefined ? undefined : JSON.stringify(zone);
  }

  /** The network ACL it is associated with. */
  get acl(): Resource | undefined {
    return this.network.acls.get(this.resource);
  }

  /** The route table it is associated with; `undefined` where it has none of its own. */
  get table(): Resource | undefined {
    return this.network.tables.get(this.resource);
  }

  /** The routes of its own route table. */
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

  /** Whether the route is for all addresses of a family. */
  get isDefault(): boolean {
    const destination = this.resource.at('DestinationCidrBlock') ?? this.resource.at('DestinationIpv6CidrBlock');
    return everywhere.some((range) => range === destination);
  }

  /** Whether the route is for addresses of a subnet of the deployment, and so takes nothing out of the network. */
  get isInside(): boolean {
    const destination = this.resource.at('DestinationCidrBlock');
    if (destination === undefined) return false;
    return subnetsOf(this.assembly).some(
      ({ resource }) => destination === resource.at('CidrBlock') || this.assembly.refersTo(destination, this.resource, resource),
    );
  }

  get targetType(): RouteTarget {
    const { target } = this;
    if (internetGateways.some((type) => type === target?.type)) return 'internet';
    if (this.gateway !== undefined) return target ? 'other' : 'unknown';
    if (target?.type === 'AWS::EC2::NatGateway') return 'nat';
    return target?.type === 'AWS::NetworkFirewall::Firewall' ? 'firewall' : 'other';
  }

  /** The gateway or firewall that it points to. */
  get target(): Resource | undefined {
    const { resource, assembly, gateway } = this;
    if (gateway !== undefined) return assembly.target(gateway, resource.stack);
    return assembly.target(resource.at('NatGatewayId'), resource.stack) ?? firewallBehind(resource.at('VpcEndpointId'), resource, assembly);
  }

  private get gateway(): Json | undefined {
    return this.resource.at('GatewayId') ?? this.resource.at('EgressOnlyInternetGatewayId');
  }
}

/** The network of one deployment: who is associated with whom, looked up once and only where it is asked for. */
class Network {
  readonly subnets: readonly Subnet[];
  private readonly found = new Map<string, ReadonlyMap<Resource, Resource>>();
  private foundRoutes: ReadonlyMap<Resource, readonly Route[]> | undefined;

  constructor(private readonly assembly: Assembly) {
    this.subnets = assembly.ofType('AWS::EC2::Subnet').map((resource) => new Subnet(resource, this));
  }

  get tables(): ReadonlyMap<Resource, Resource> {
    return this.associations('AWS::EC2::SubnetRouteTableAssociation', 'RouteTableId');
  }

  get acls(): ReadonlyMap<Resource, Resource> {
    return this.associations('AWS::EC2::SubnetNetworkAclAssociation', 'NetworkAclId');
  }

  get routes(): ReadonlyMap<Resource, readonly Route[]> {
    this.foundRoutes ??= this.routesByTable();
    return this.foundRoutes;
  }

  private associations(type: string, to: string): ReadonlyMap<Resource, Resource> {
    const before = this.found.get(type);
    if (before) return before;
    const map = new Map<Resource, Resource>();
    for (const association of this.assembly.ofType(type)) {
      const subnet = this.assembly.target(association.at('SubnetId'), association.stack);
      const target = this.assembly.target(association.at(to), association.stack);
      if (subnet && target) map.set(subnet, target);
    }
    this.found.set(type, map);
    return map;
  }

  private routesByTable(): ReadonlyMap<Resource, readonly Route[]> {
    const map = new Map<Resource, Route[]>();
    for (const resource of this.assembly.ofType('AWS::EC2::Route')) {
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

const drawn = new WeakMap<Assembly, Network>();

/** Every subnet of the deployment. */
export function subnetsOf(assembly: Assembly): readonly Subnet[] {
  const network = drawn.get(assembly) ?? new Network(assembly);
  drawn.set(assembly, network);
  return network.subnets;
}

export function subnetOf(resource: Resource | undefined, assembly: Assembly): Subnet | undefined {
  return subnetsOf(assembly).find((subnet) => subnet.resource === resource);
}

/** The subnet's routes for all addresses of a family. */
export const defaultRoutes = ({ routes }: Subnet): readonly Route[] => (routes ?? []).filter(({ isDefault }) => isDefault);

/** The subnet that a NAT gateway or a firewall of one zone stands in. */
export function subnetOfTarget(target: Resource | undefined, assembly: Assembly): Subnet | undefined {
  if (target?.type === 'AWS::EC2::NatGateway') return subnetOf(assembly.target(target.at('SubnetId'), target.stack), assembly);
  if (target?.type !== 'AWS::NetworkFirewall::Firewall') return undefined;
  const mappings = listOf(target.at('SubnetMappings'));
  // Which of several endpoints a route means cannot be told from a template: their order is not promised.
  return mappings.length === 1 ? subnetOf(assembly.target(target.at('SubnetMappings.0.SubnetId'), target.stack), assembly) : undefined;
}

/** The firewall of an endpoint id, which is cut out of the firewall's list of `<zone>:<endpoint>` by intrinsics. */
function firewallBehind(endpoint: Json | undefined, route: Resource, assembly: Assembly): Resource | undefined {
  let value = endpoint;
  for (let depth = 0; depth < 8 && isObject(value); depth++) {
    const target = assembly.target(value, route.stack);
    if (target) return target.type === 'AWS::NetworkFirewall::Firewall' ? target : undefined;
    const cut = value['Fn::Select'] ?? value['Fn::Split'];
    value = Array.isArray(cut) ? (cut[1] as Json) : undefined;
  }
  return undefined;
}
