// The network of the templates as the packet walk reads it: plain rows, in canonical values.
import { type Assembly, isObject, type Json, type JsonObject, listOf, valueAt } from '../../../lib/tom/template/assembly';
import { canonicalResource } from '../../../lib/tom/template/canonical';
import { nameOf } from '../../../lib/tom/template/names';
import { type Named, referenceIn } from './references';
import { type AclRow, aclRow, type GroupRow, groupRows, type Route, routeRow, type Subnet } from './rows';

export interface NetworkModel {
  readonly assembly: Assembly;
  readonly resources: readonly Named[];
  readonly byName: ReadonlyMap<string, Named>;
  readonly vpcRange: string;
  readonly subnets: readonly Subnet[];
  readonly routes: readonly Route[];
  readonly aclRows: readonly AclRow[];
  readonly groupRows: readonly GroupRow[];
}

/** Reads the network of an assembly. */
export function readNetwork(assembly: Assembly): NetworkModel {
  const resources = assembly.resources.map((resource): Named => {
    const { Properties } = canonicalResource(resource, assembly);
    return { name: nameOf(resource, assembly.facts), type: resource.type, properties: isObject(Properties) ? Properties : {} };
  });
  const ofType = (type: string): readonly Named[] => resources.filter((resource) => resource.type === type);
  const vpnGateways = ofType('AWS::EC2::VPNGateway').map(({ name }) => name);
  const rules = ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'].flatMap(ofType);
  return {
    assembly,
    resources,
    byName: new Map(resources.map((resource) => [resource.name, resource])),
    vpcRange: String(ofType('AWS::EC2::VPC')[0]?.properties.CidrBlock),
    subnets: subnetsIn(resources),
    routes: ofType('AWS::EC2::Route').map((route) => routeRow(route, vpnGateways)),
    aclRows: ofType('AWS::EC2::NetworkAclEntry')
      .map(aclRow)
      .toSorted((one, other) => one.number - other.number),
    groupRows: rules.flatMap((rule) => groupRows(rule, rangesOfList(resources))),
  };
}

function subnetsIn(resources: readonly Named[]): readonly Subnet[] {
  const associated = (type: string, property: string): ReadonlyMap<string, string> =>
    new Map(
      resources
        .filter((resource) => resource.type === type)
        .map(({ properties }) => [referenceIn(properties.SubnetId) ?? '', referenceIn(properties[property]) ?? '']),
    );
  const tables = associated('AWS::EC2::SubnetRouteTableAssociation', 'RouteTableId');
  const acls = associated('AWS::EC2::SubnetNetworkAclAssociation', 'NetworkAclId');
  return resources
    .filter(({ type }) => type === 'AWS::EC2::Subnet')
    .map(({ name, properties }) => ({
      name,
      tier: tierOf(properties),
      range: String(properties.CidrBlock),
      table: tables.get(name) ?? 'no route table',
      acl: acls.get(name) ?? 'no network ACL',
    }));
}

const tierOf = (properties: JsonObject): string =>
  String(valueAt(listOf(properties.Tags).find((tag) => valueAt(tag, 'Key') === 'aws-cdk:subnet-name') ?? {}, 'Value'));

/** The ranges of a prefix list of the deployment. */
function rangesOfList(resources: readonly Named[]): (value: Json | undefined) => readonly string[] {
  return (value) => {
    const name = referenceIn(value);
    const list = resources.find((resource) => resource.name === name && resource.type === 'AWS::EC2::PrefixList');
    return listOf(list?.properties.Entries).map((entry) => String(valueAt(entry, 'Cidr')));
  };
}
