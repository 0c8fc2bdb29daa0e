// What a resource needs in order to act: secondary resources that no reference leads to, such as the policies of a
// role, the rules of a security group, the routes of a subnet and the instances of a cluster.
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { canonicalResource } from '../../lib/tom/template/canonical';
import { vpnGatewayType } from '../../lib/tom/template/resource-types';
import type { Deployed } from './deployed';
import { dependencies, fixedNames, referred } from './references';

/** A type whose resources complete another one, and the property by which they name it. */
interface Secondary {
  readonly type: string;
  readonly property: string;
}

/** Completes the resource that the property names. */
const completing: readonly Secondary[] = [
  { type: 'AWS::IAM::ManagedPolicy', property: 'Roles' },
  { type: 'AWS::IAM::Policy', property: 'Roles' },
  { type: 'AWS::IAM::RolePolicy', property: 'RoleName' },
  { type: 'AWS::S3::BucketPolicy', property: 'Bucket' },
  { type: 'AWS::SQS::QueuePolicy', property: 'Queues' },
  { type: 'AWS::SNS::TopicPolicy', property: 'Topics' },
  { type: 'AWS::SecretsManager::ResourcePolicy', property: 'SecretId' },
  { type: 'AWS::SecretsManager::SecretTargetAttachment', property: 'SecretId' },
  { type: 'AWS::RDS::DBInstance', property: 'DBClusterIdentifier' },
  { type: 'AWS::RDS::DBProxyTargetGroup', property: 'DBProxyName' },
  { type: 'AWS::ElasticLoadBalancingV2::ListenerRule', property: 'Actions' },
  { type: 'AWS::ElasticLoadBalancingV2::Listener', property: 'DefaultActions' },
  { type: 'AWS::Lambda::EventInvokeConfig', property: 'FunctionName' },
  { type: 'AWS::Lambda::Permission', property: 'FunctionName' },
  { type: 'AWS::Logs::ResourcePolicy', property: 'PolicyDocument' },
  { type: 'AWS::Logs::LogStream', property: 'LogGroupName' },
];

/** Completes a subnet, with which it leads to the network. */
const waysOfSubnets: readonly Secondary[] = [
  { type: 'AWS::EC2::SubnetRouteTableAssociation', property: 'SubnetId' },
  { type: 'AWS::EC2::SubnetNetworkAclAssociation', property: 'SubnetId' },
];

/** Completes what the ways of a subnet lead through. */
const waysBeyond: readonly Secondary[] = [
  { type: 'AWS::EC2::Route', property: 'RouteTableId' },
  { type: 'AWS::EC2::NetworkAclEntry', property: 'NetworkAclId' },
  { type: 'AWS::EC2::VPCEndpoint', property: 'VpcId' },
  { type: 'AWS::EC2::VPCGatewayAttachment', property: 'VpcId' },
];

/** Documents that name principals and resources without a need of them. */
const passive = [
  'AWS::KMS::Key',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::Logs::ResourcePolicy',
];

const groupRules = ['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'];

/** The properties of a type in which a name is a call, and not a tag, a description or the plan of a record. */
const calling: Readonly<Record<string, readonly string[]>> = {
  'AWS::AutoScaling::AutoScalingGroup': ['ServiceLinkedRoleARN', 'LifecycleHookSpecificationList'],
  'AWS::EC2::LaunchTemplate': ['LaunchTemplateData'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['LoadBalancerAttributes'],
  'AWS::IAM::ManagedPolicy': ['PolicyDocument'],
  'AWS::IAM::Policy': ['PolicyDocument'],
  'AWS::IAM::Role': ['PermissionsBoundary', 'ManagedPolicyArns', 'Policies'],
  'AWS::IAM::RolePolicy': ['PolicyDocument'],
  'AWS::Lambda::Function': ['Environment'],
};

/** Finds the needs of the resources of one assembly. */
export class Needs {
  private readonly completed = new Map<Resource, Resource[]>();
  private readonly ways = new Map<Resource, Resource[]>();
  private readonly names: readonly (readonly [Resource, RegExp])[];
  private readonly mentions = new Map<Resource, readonly Resource[]>();
  private readonly otherNames = new Map<Resource, ReadonlySet<Resource>>();

  constructor(
    private readonly assembly: Assembly,
    private readonly earlier: Deployed['earlier'],
  ) {
    this.index(completing, this.completed);
    this.index([...waysOfSubnets, ...waysBeyond], this.ways);
    this.names = assembly.resources.flatMap((resource) =>
      fixedNames(resource, assembly).map((name) => [resource, new RegExp(`(?<![\\w-])${literally(name)}(?![\\w-])`)] as const),
    );
  }

  /**
   * Everything that `runner` needs, itself left out, each with the resource that leads to it; with `begin`, everything
   * that these of its resources need.
   */
  of(runner: Resource, begin?: readonly Resource[]): ReadonlyMap<Resource, Resource> {
    const found = new Map<Resource, Resource>();
    const waiting = [...(begin ?? this.direct(runner, runner))].map((need) => [need, runner] as const);
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [need, by] = next;
      if (need === runner || found.has(need)) continue;
      found.set(need, by);
      waiting.push(...this.direct(need, runner).map((further) => [further, need] as const));
    }
    for (const rule of this.rulesBetween(found)) found.set(rule, runner);
    return found;
  }

  /** The policies of a role, and the role. */
  ofRole(role: Resource | undefined): readonly Resource[] {
    return role ? [role, ...(this.completed.get(role) ?? [])] : [];
  }

  private index(secondaries: readonly Secondary[], into: Map<Resource, Resource[]>): void {
    for (const { type, property } of secondaries)
      for (const resource of this.assembly.ofType(type).filter((found) => this.isNeeded(found)))
        for (const target of referred(resource.at(property), resource, this.assembly)) add(into, target, resource);
  }

  private isNeeded(resource: Resource): boolean {
    return permits(resource) && !this.isOfManagement(resource) && !this.isReader(resource);
  }

  /** An instance that is created after another one: the cluster serves without it. */
  private isReader(resource: Resource): boolean {
    const isInstance = ({ type }: Resource) => type === 'AWS::RDS::DBInstance';
    return isInstance(resource) && [...dependencies(resource, this.assembly)].some(isInstance);
  }

  /** The way of the management networks into the VPC, which nothing of the deployment uses. */
  private isOfManagement(resource: Resource): boolean {
    const gateway = resource.at('VpnGatewayId') ?? resource.at('GatewayId');
    return this.assembly.target(gateway, resource.stack)?.type === vpnGatewayType;
  }

  private direct(resource: Resource, runner: Resource): readonly Resource[] {
    const own = this.completed.get(resource) ?? [];
    if (passive.includes(resource.type)) return own;
    return [...own, ...this.placement(resource), ...this.references(resource), ...this.named(resource, runner)];
  }

  /** References alone: `DependsOn` orders, and does not need. */
  private references(resource: Resource): readonly Resource[] {
    return [...referred(resource.properties, resource, this.assembly)];
  }

  /** The ways of the subnets in which a function or a server is. */
  private placement(resource: Resource): readonly Resource[] {
    const value = resource.at('VpcConfig.SubnetIds') ?? resource.at('VPCZoneIdentifier');
    if (value === undefined) return [];
    const subnets = [...referred(value, resource, this.assembly)].filter(({ type }) => type === 'AWS::EC2::Subnet');
    const seen = new Set<Resource>();
    const waiting = [...subnets];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const further = [...(this.ways.get(next) ?? []), ...(isWay(next) ? this.references(next) : [])];
      for (const way of further) if (!seen.has(way)) waiting.push(way);
      for (const way of further) seen.add(way);
    }
    return [...seen];
  }

  /**
   * What the resource names without a reference. A permission on what a later stack creates serves the runners of that
   * stack, so it is left out; and a function that several custom resources use needs only what each of them names.
   */
  private named(resource: Resource, runner: Resource): readonly Resource[] {
    const known = this.namesIn(resource);
    if (resource === runner) return known;
    const elsewhere = this.otherNames.get(runner) ?? this.namedByOthers(runner);
    this.otherNames.set(runner, elsewhere);
    return known.filter((target) => !elsewhere.has(target));
  }

  private namesIn(resource: Resource): readonly Resource[] {
    const known = this.mentions.get(resource) ?? this.mentioned(resource);
    this.mentions.set(resource, known);
    return known;
  }

  private mentioned(resource: Resource): readonly Resource[] {
    if (/Policy$/.test(resource.type) && resource.at('Roles') === undefined && resource.at('RoleName') === undefined) return [];
    const properties = canonicalResource(resource, this.assembly).Properties;
    const calls = resource.at('ServiceToken') === undefined ? calling[resource.type] : Object.keys(resource.properties);
    const text = JSON.stringify((calls ?? []).map((name) => valueAt(properties, name) ?? null));
    return this.names
      .filter(([target, name]) => target !== resource && this.isThere(target, resource) && name.test(text))
      .map(([target]) => target);
  }

  private isThere(target: Resource, from: Resource): boolean {
    if (!/Policy$/.test(from.type) || target.stack === from.stack) return true;
    return this.earlier.get(from.stack.name)?.has(target.stack.name) ?? false;
  }

  /** What other custom resources of the same function name, and this one does not. */
  private namedByOthers(runner: Resource): ReadonlySet<Resource> {
    const token = runner.at('ServiceToken');
    if (token === undefined) return new Set();
    const provider = this.assembly.target(token, runner.stack);
    const siblings = this.assembly.resources.filter((other) => other !== runner && this.refers(other.at('ServiceToken'), other, provider));
    const own = new Set([...this.references(runner), ...this.namesIn(runner)]);
    const theirs = siblings.flatMap((other) => [...this.references(other), ...this.namesIn(other)]);
    return new Set(theirs.filter((target) => !own.has(target) && target !== provider));
  }

  private refers(value: Json | undefined, from: Resource, target: Resource | undefined): boolean {
    return value !== undefined && target !== undefined && this.assembly.target(value, from.stack) === target;
  }

  /** Rules of security groups of which both ends, or the only group, are among the resources. */
  private rulesBetween(resources: ReadonlyMap<Resource, unknown>): readonly Resource[] {
    return groupRules
      .flatMap((type) => this.assembly.ofType(type))
      .filter((rule) => {
        const ends = ['GroupId', 'SourceSecurityGroupId', 'DestinationSecurityGroupId'].map((key) => rule.at(key));
        return ends.every((end) => end === undefined || this.isAmong(end, rule, resources));
      });
  }

  private isAmong(end: Json, rule: Resource, resources: ReadonlyMap<Resource, unknown>): boolean {
    const target = this.assembly.target(end, rule.stack);
    return target !== undefined && resources.has(target);
  }
}

/** Whether a policy of a resource allows something: one that only denies is no need. A policy in a text may. */
function permits(resource: Resource): boolean {
  if (!passive.includes(resource.type)) return true;
  const document = resource.at('PolicyDocument') ?? resource.at('ResourcePolicy');
  const statements = objectsOf(valueAt(document, 'Statement'));
  return statements.length === 0 || statements.some(({ Effect }) => Effect === 'Allow');
}

const wayTypes = [...waysOfSubnets, ...waysBeyond].map(({ type }) => type);
const isWay = ({ type }: Resource): boolean => wayTypes.includes(type) || /^AWS::EC2::(?:RouteTable|NetworkAcl|Subnet)$/.test(type);

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function add(into: Map<Resource, Resource[]>, key: Resource, value: Resource): void {
  const known = into.get(key);
  if (known) known.push(value);
  else into.set(key, [value]);
}

/** Elements of a list of objects. */
export const objectsOf = (value: Json | undefined) => listOf(value).filter(isObject);
