// The order of creation: the templates pass, and each dependency that is taken away is missed.
import { loadSite } from '../../../lib/config/load';
import { Assembly, type ResourceJson, type StackTemplate, type Template } from '../../../lib/tom/template/assembly';
import { nameOf } from '../../../lib/tom/template/names';
import { closure, type Deployed, readDeployed } from '../../../tools/rehearse/deployed';
import { rehearseOrder } from '../../../tools/rehearse/order';
import { reviewedSites, siteLabel } from '../../../tools/synthesis/synthesize';
import { synthesized } from '../../synthesized/synthesized';

const deployedAs = (deployment: string, site: 'home' | 'recovery' = 'home'): Deployed =>
  readDeployed(synthesized(deployment, site).folder, loadSite({ directory: 'config', deployment, site }));

const objections = (deployed: Deployed) => rehearseOrder(deployed).filter(({ outcome }) => outcome !== 'ok');

const reviewed = reviewedSites.map(({ deployment, site }) => [siteLabel({ deployment, site }), deployedAs(deployment, site)] as const);

test.each(reviewed)('%s: what runs has what it needs', (_, deployed) => {
  expect(objections(deployed)).toEqual([]);
});

const production = deployedAs('production');
const { assembly } = production;

/** The deployment with resources changed, by their names as in `data/UpkeepSchedule`. */
function changed(change: (name: string, json: ResourceJson) => ResourceJson | undefined): Deployed {
  const stacks = assembly.stacks.map((stack): StackTemplate => {
    const entries = assembly.resources.filter((resource) => resource.stack === stack);
    const kept = entries.map((resource) => [resource.logicalId, change(nameOf(resource, assembly.facts), resource.json)] as const);
    const resources = Object.fromEntries(kept.filter((entry): entry is readonly [string, ResourceJson] => entry[1] !== undefined));
    return { ...stack, template: { ...stack.template, Resources: resources } as Template };
  });
  return { ...production, assembly: new Assembly(assembly.facts, stacks) };
}

const withoutDependencies = (...names: readonly string[]) =>
  changed((name, json) => {
    if (!names.includes(name)) return json;
    const { DependsOn: _, ...rest } = json;
    return rest;
  });

/** Resources whose `DependsOn` is taken away, the runner that is to object, and what it is to miss. */
const taken: readonly (readonly [string, readonly string[], string, string])[] = [
  [
    'the policy of a function',
    ['data/MigrationsSchema', 'data/MigrationsFunction'],
    'data/MigrationsSchema',
    'data/MigrationsFunctionPermissions',
  ],
  ['the writer of the database', ['data/MigrationsSchema'], 'data/MigrationsSchema', 'data/DatabaseWriter'],
  ['the way of the migrations', ['data/MigrationsSchema'], 'data/MigrationsSchema', 'data/MigrationsToDatabase'],
  ['the way of the proxy', ['data/ProxyTargets'], 'data/ProxyTargets', 'data/ProxyToDatabase'],
  ['the sign-in of the proxy', ['data/ProxyTargets'], 'data/ProxyTargets', 'data/ProxySignIn'],
  [
    'the targets of the proxy',
    ['data/UpkeepFunction', 'data/UpkeepSchedule', 'data/UpkeepFirstRun'],
    'data/UpkeepSchedule',
    'data/ProxyTargets',
  ],
  [
    'the permission of the rotation',
    ['data/ContextKeyRotationSchedule'],
    'data/ContextKeyRotationSchedule',
    'data/ContextKeyRotationInvoked',
  ],
  ['retries of the snapshot', ['collection/SiteSnapshotSchedule'], 'collection/SiteSnapshotSchedule', 'collection/SiteSnapshotOnce'],
  [
    'the permissions of servers',
    ['collection/CollectorsFleetGroupASG'],
    'collection/CollectorsFleetGroupASG',
    'collection/CollectorsRolePermissions',
  ],
  ['the policy of record delivery', ['network/EgressFirewallLoggingZone1'], 'network/EgressFirewallLoggingZone1', 'network/LogDelivery'],
  ['the policy of the audit bucket', ['account/AuditTrail'], 'account/AuditTrail', 'account/AuditArchivePolicy'],
];

test.each(taken)('without %s', (_, from, runner, need) => {
  const found = objections(withoutDependencies(...from)).filter(({ subject }) => subject === runner);
  expect(found.map(({ detail }) => detail).join('\n')).toContain(`expected ${need}`);
});

test('without an order between the stacks', () => {
  const { stacks } = assembly;
  const found = objections({ assembly, earlier: closure(new Map(stacks.map(({ name }) => [name, []]))) });
  expect(found.map(({ fix }) => fix)).toContain('addStackDependency from production-data to production-account, or move one of the two');
});

test('an order that is reversed', () => {
  const reversed = changed((name, json) => {
    if (name === 'data/MigrationsSchema') return { ...json, DependsOn: [] };
    if (name !== 'data/MigrationsToDatabase') return json;
    const schema = assembly.resources.find((resource) => nameOf(resource, assembly.facts) === 'data/MigrationsSchema');
    return { ...json, DependsOn: schema?.logicalId ?? '' };
  });
  expect(objections(reversed)).toContainEqual(
    expect.objectContaining({
      subject: 'data/MigrationsSchema',
      detail: expect.stringMatching(/expected data\/MigrationsToDatabase .* got it is created after it/),
      fix: 'move what acts behind it: the present order is the reverse',
    }),
  );
});

/** A custom resource whose function is in a subnet of its own stack, with a bucket that it names. */
const inOneStack = (DependsOn: readonly string[]): Deployed => {
  const ref = (id: string) => ({ Ref: id });
  const Resources = {
    Vpc: { Type: 'AWS::EC2::VPC' },
    Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: ref('Vpc') } },
    Table: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('Vpc') } },
    Association: { Type: 'AWS::EC2::SubnetRouteTableAssociation', Properties: { SubnetId: ref('Subnet'), RouteTableId: ref('Table') } },
    Route: { Type: 'AWS::EC2::Route', Properties: { RouteTableId: ref('Table') } },
    List: { Type: 'AWS::EC2::NetworkAcl', Properties: { VpcId: ref('Vpc') } },
    ListAssociation: { Type: 'AWS::EC2::SubnetNetworkAclAssociation', Properties: { SubnetId: ref('Subnet'), NetworkAclId: ref('List') } },
    Entry: { Type: 'AWS::EC2::NetworkAclEntry', Properties: { NetworkAclId: ref('List') } },
    Endpoint: { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcId: ref('Vpc') } },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'example-settings' } },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: { VpcConfig: { SubnetIds: [ref('Subnet')] }, Environment: { Variables: { SOURCE: 's3://example-settings/sites' } } },
    },
    Custom: { Type: 'Custom::Example', Properties: { ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] } }, DependsOn },
  };
  const stack = { name: 'example', region: 'eu-west-3', template: { Resources } as unknown as Template };
  return { assembly: new Assembly(assembly.facts, [stack]), earlier: new Map([['example', new Set<string>()]]) };
};

const ways = ['Association', 'Route', 'ListAssociation', 'Entry', 'Endpoint', 'Bucket'];

test('ways and named resources of the same stack', () => {
  const missedBy = (dependsOn: readonly string[]) =>
    objections(inOneStack(dependsOn)).flatMap(({ detail }) => /expected example\/(\w+)/.exec(detail)?.[1] ?? []);
  expect(missedBy(ways)).toEqual([]);
  for (const way of ways) expect(missedBy(ways.filter((other) => other !== way))).toEqual([way]);
});
