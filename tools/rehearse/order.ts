// Part 3 of the rehearsal, order: what runs while a stack is created, rolled back or deleted has what it needs.
import { type Assembly, listOf, type Resource } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import type { Deployed } from './deployed';
import { Needs, objectsOf } from './needs';
import { dependencies, referred } from './references';
import type { Row } from './row';

/** What acts during a deployment. */
interface Runner {
  readonly resource: Resource;
  /** What it does then, as in `runs its function`. */
  readonly act: string;
}

/**
 * Every resource that runs, reads, writes or is checked while its stack is created, with what it needs by then.
 *
 * The same order holds at the rollback and at the deletion of the stack: CloudFormation deletes a resource before the
 * resources that it depends on, so what a custom resource does not depend on may be gone when its deletion runs.
 *
 * Limits: a need is seen where a reference, a fixed name or one of the secondary types of `needs.ts` leads to it; a
 * permission on what a later stack creates serves the runners of that stack.
 */
export function rehearseOrder({ assembly, earlier }: Deployed): readonly Row[] {
  const needs = new Needs(assembly, earlier);
  const graph = new CreationOrder(assembly, earlier);
  return runnersOf(assembly).flatMap((runner) => rowsOf(runner, neededBy(runner.resource, needs, assembly), graph, assembly));
}

function rowsOf(
  { resource, act }: Runner,
  needed: ReadonlyMap<Resource, Resource>,
  graph: CreationOrder,
  assembly: Assembly,
): readonly Row[] {
  const subject = nameOf(resource, assembly.facts);
  const missing = [...needed.keys()].filter((need) => !graph.isBefore(need, resource) && !isItsPermission(need, resource, assembly));
  const first = missing.filter((need) => !missing.some((other) => other !== need && graph.isBefore(need, other)));
  if (first.length === 0) return [{ part: 'order', subject, outcome: 'ok', detail: `${act} after the ${needed.size} resources it needs` }];
  return first.map((need) => {
    const name = nameOf(need, assembly.facts);
    const got = graph.isBefore(resource, need) ? 'it is created after it' : 'no order between them';
    const way = wayTo(need, resource, needed).map((step) => nameOf(step, assembly.facts));
    const by = way.length > 0 ? `, by way of ${way.join(', ')}` : '';
    const detail = `${act}: expected ${name} (${need.type}) before it${by}, got ${got}; at rollback and deletion it may be gone before`;
    return { part: 'order', subject, outcome: 'refused', detail, fix: fixOf(resource, need, graph) };
  });
}

/**
 * Most runners need all that leads on from them; an alarm its topics, and what is checked the policies of its role.
 */
function neededBy(resource: Resource, needs: Needs, assembly: Assembly): ReadonlyMap<Resource, Resource> {
  if (resource.type === 'AWS::CloudWatch::Alarm') {
    const notified = [...referred(resource.properties, resource, assembly)].filter(({ type }) => type === 'AWS::SNS::Topic');
    return needs.of(resource, notified);
  }
  if (resource.type !== 'AWS::Lambda::Function' && resource.type !== 'AWS::Lambda::EventInvokeConfig') return needs.of(resource);
  const lambda = resource.at('Role') ? resource : assembly.target(resource.at('FunctionName'), resource.stack);
  const role = lambda && assembly.target(lambda.at('Role'), lambda.stack);
  return new Map(needs.ofRole(role).map((need) => [need, lambda ?? resource]));
}

/** The resources that lead from a runner to a need. */
function wayTo(need: Resource, runner: Resource, needed: ReadonlyMap<Resource, Resource>): readonly Resource[] {
  const way: Resource[] = [];
  for (let step = needed.get(need); step !== undefined && step !== runner; step = needed.get(step)) way.unshift(step);
  return way;
}

function fixOf(resource: Resource, need: Resource, graph: CreationOrder): string {
  if (graph.isBefore(resource, need)) return 'move what acts behind it: the present order is the reverse';
  return resource.stack === need.stack
    ? `addDependency from ${resource.logicalId} to ${need.logicalId}`
    : `addStackDependency from ${resource.stack.name} to ${need.stack.name}, or move one of the two`;
}

/** A permission that names its invoker or sender is created after it. */
function isItsPermission(need: Resource, runner: Resource, assembly: Assembly): boolean {
  return ['AWS::Lambda::Permission', 'AWS::SQS::QueuePolicy'].includes(need.type) && dependencies(need, assembly).has(runner);
}

/** What is created before what, by the dependencies within stacks and between them. */
class CreationOrder {
  private readonly known = new Map<Resource, ReadonlySet<Resource>>();

  constructor(
    private readonly assembly: Assembly,
    private readonly earlier: Deployed['earlier'],
  ) {}

  /** Whether `first` exists before the creation of `second` begins. */
  isBefore(first: Resource, second: Resource): boolean {
    if (first.stack === second.stack) return this.before(second).has(first);
    return this.earlier.get(second.stack.name)?.has(first.stack.name) ?? false;
  }

  private before(resource: Resource): ReadonlySet<Resource> {
    const known = this.known.get(resource);
    if (known) return known;
    const found = new Set<Resource>();
    this.known.set(resource, found);
    for (const dependency of dependencies(resource, this.assembly)) {
      if (dependency.stack !== resource.stack) continue;
      found.add(dependency);
      for (const further of this.before(dependency)) found.add(further);
    }
    return found;
  }
}

/** Acts by type, of resources that act at once because of their type. */
const actsByType: Readonly<Record<string, string>> = {
  'AWS::AutoScaling::AutoScalingGroup': 'starts its servers',
  'AWS::CloudTrail::Trail': 'tests the delivery to its bucket',
  'AWS::CloudWatch::Alarm': 'may notify at its first evaluation',
  'AWS::EC2::FlowLog': 'delivers records',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'tests the delivery to its bucket',
  'AWS::KinesisFirehose::DeliveryStream': 'reads its source and writes to its bucket',
  'AWS::Lambda::EventInvokeConfig': 'is checked for the permission on its destination',
  'AWS::Lambda::EventSourceMapping': 'reads its source and invokes its function',
  'AWS::NetworkFirewall::LoggingConfiguration': 'delivers records',
  'AWS::RDS::DBProxyTargetGroup': 'connects to its database',
  'AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation': 'delivers records',
  // At once, or it runs the step that tests ("AWS::SecretsManager::RotationSchedule", RotateImmediatelyOnUpdate).
  'AWS::SecretsManager::RotationSchedule': 'rotates its secret or tests the rotation',
  'AWS::WAFv2::LoggingConfiguration': 'delivers records',
};

function runnersOf(assembly: Assembly): readonly Runner[] {
  return assembly.resources.flatMap((resource) => {
    const act = actOf(resource);
    return act === undefined ? [] : [{ resource, act }];
  });
}

function actOf(resource: Resource): string | undefined {
  const { type } = resource;
  if (resource.at('ServiceToken') !== undefined) return 'runs its function';
  if (type === 'AWS::Scheduler::Schedule') return resource.at('State') === 'DISABLED' ? undefined : 'may be due';
  if (type === 'AWS::Events::Rule')
    return resource.at('State') !== 'DISABLED' && objectsOf(resource.at('Targets')).length > 0 ? 'may be due' : undefined;
  if (type === 'AWS::Lambda::Function') {
    const checked = listOf(resource.at('DeadLetterConfig')).length > 0 || listOf(resource.at('VpcConfig')).length > 0;
    return checked ? 'is checked for the permissions of its role' : undefined;
  }
  return actsByType[type];
}
