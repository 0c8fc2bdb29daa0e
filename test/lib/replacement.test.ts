// What a change of words or of the configuration would replace under a name that is still taken, or beside what still
// uses it: refused.
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { settingsSchema } from '../../lib/config/settings/settings';
import { siteOf } from '../../lib/config/site';
import { buildDeployment } from '../../lib/deployment';
import { account, appWithFlags } from './stacks/account-stack';

interface Made {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const specification = loadAwsServiceSpecSync();

function specified(type: string) {
  const [found] = specification.lookup('resource', 'cloudFormationType', 'equals', type);
  return found;
}

/** The resources of production, by stack and logical id. */
function resourcesOf(owner: string, environment = 'production'): readonly (readonly [string, Made])[] {
  const app = appWithFlags();
  buildDeployment(app, siteOf('example', 'home', settingsSchema.parse({ environment, owner, account }), []));
  return app
    .synth()
    .stacks.flatMap(({ stackName, template }) =>
      Object.entries((template as { Resources: Record<string, Made> }).Resources).map(
        ([id, made]) => [`${stackName}/${id}`, made] as const,
      ),
    );
}

/** The properties of a resource that replace it when they change. */
function replacing({ Type, Properties = {} }: Made): Record<string, unknown> {
  const { properties = {} } = specified(Type) ?? {};
  // "AWS::SSM::Document", UpdateMethod: the content becomes a new version of the document.
  const versioned = Type === 'AWS::SSM::Document' && Properties.UpdateMethod === 'NewVersion' ? ['Content'] : [];
  const named = Object.entries(Properties).filter(
    ([name]) => (properties[name]?.causesReplacement ?? 'no') !== 'no' && !versioned.includes(name),
  );
  return Object.fromEntries(named);
}

/** Names that the template gives, and not those of the services that stand behind an endpoint or a role. */
const isName = (property: string, value: unknown): boolean =>
  /Name$|Identifier$|Suffix$/.test(property) && !/ServiceName$/.test(property) && !isReference(value);

const isReference = (value: unknown): boolean => /^\[?\{"(?:Ref|Fn::GetAtt|Fn::ImportValue)"/.test(JSON.stringify(value));

/** Whether the template gives the resource its name, so that a second one cannot be made beside it. */
const hasFixedName = (made: Made): boolean => Object.entries(replacing(made)).some(([name, value]) => isName(name, value));

const resources = resourcesOf('platform');

test('every type is in the specification, but one that is newer', () => {
  const types = new Set(resources.map(([, { Type }]) => Type).filter((type) => !/^Custom::|^AWS::CDK::/.test(type)));
  expect([...types].filter((type) => specified(type) === undefined)).toEqual(['AWS::Route53Resolver::FirewallConfig']);
});

/** Tags that a change of `owner` or `environment` changes are left out where they replace. */
test.each([
  ['owner', resourcesOf('another-team')],
  ['environment', resourcesOf('platform', 'staging')],
] as const)('a change of %s replaces nothing', (_, changed) => {
  const after = new Map(changed);
  const replaced = resources.filter(([id, made]) => {
    const other = after.get(id);
    return other !== undefined && JSON.stringify(replacing(other)) !== JSON.stringify(replacing(made));
  });
  expect(replaced.map(([id]) => id)).toEqual([]);
});

/**
 * What else replaces a resource with a fixed name. Whoever must change one of these gives the resource another name in
 * the same change (what it holds stays behind under the old one), or changes it by hand first.
 */
test('what replaces a resource with a fixed name stays as it is', () => {
  const pinned = resources
    .filter(([, made]) => hasFixedName(made))
    .map(([id, made]) => {
      const rest = Object.entries(replacing(made)).filter(([name, value]) => !isName(name, value) && !isReference(value));
      return [id, Object.fromEntries(rest)] as const;
    })
    .filter(([, rest]) => Object.keys(rest).length > 0);
  expect(Object.fromEntries(pinned)).toEqual({
    'example-access/SessionsDocument33875D07': { DocumentFormat: 'JSON', DocumentType: 'Session' },
    'example-account/BoundaryPolicyC4AA4EBF': {
      Description: 'Maximum permissions of every role of example; grants none',
      Path: '/',
    },
    'example-account/RoleBoundariesBackups94514B51': {
      Description: 'Maximum permissions of the backups of example; grants none',
      Path: '/',
    },
    'example-account/RoleBoundariesRestores3FDF6E73': {
      Description: 'Maximum permissions of the validation of restores of example; grants none',
      Path: '/',
    },
    'example-backup/RestoreTestsDatabaseBF8B7C2A': { ProtectedResourceType: 'Aurora' },
    'example-account/FleetServiceRoleFB7CDCD2': { AWSServiceName: 'autoscaling.amazonaws.com' },
    'example-data/DatabaseClusterC6094C50': { Engine: 'aurora-postgresql', MasterUsername: 'rempart_master', StorageEncrypted: true },
    'example-data/ProxyA6897D5D': { EngineFamily: 'POSTGRESQL' },
    'example-edge/FirewallWebAcl5A849C4E': { Scope: 'REGIONAL' },
    'example-network/DnsFirewallQueryLoggingConfigEF981C2E': { Tags: [{ Key: 'rempart:deployment', Value: 'example' }] },
    'example-network/EgressFirewallAllowedDomainsE9258CB8': { Capacity: 1000, Type: 'STATEFUL' },
  });
});

/**
 * Groups are used by rules of other stacks and by network interfaces, and a parameter group by its cluster, for as
 * long as they are.
 */
test('descriptions that replace what others use stay as they are', () => {
  const used = ['AWS::EC2::SecurityGroup', 'AWS::RDS::DBClusterParameterGroup'];
  const pinned = resources
    .filter(([, { Type }]) => used.includes(Type))
    .map(([id, { Properties }]) => [id, Properties?.GroupDescription ?? Properties?.Description] as const);
  expect(Object.fromEntries(pinned)).toEqual({
    'example-backup/RestoreNetworkReaderE17C7FCA': 'Function that reads restored databases: no other way leads out',
    'example-backup/RestoreNetworkRestoredC17C67F4':
      'Restored databases: connections from the function that reads them, none from the database',
    'example-collection/CollectorsTrafficSecurityGroupCBA35B33':
      'Collectors: admits proxies on their port, opens connections to AWS services',
    'example-data/AccessSecurityGroupBEC1BC13': 'Functions that use the database through its proxy',
    'example-data/DatabaseParametersF882294D': 'Parameters that the clauses require of the database of example',
    'example-data/DatabaseSecurityGroup5C91FDCB': 'Database: connections from its proxy and the migrations, none from the database',
    'example-data/MigrationsSecurityGroupFFB12746': 'Functions that connect to the database without its proxy',
    'example-data/ProxySecurityGroup31CCABE3': 'Database proxy: connections from functions that use the database, and to the database only',
    'example-edge/Proxies733DC748': 'Load balancer: admits visitors on 80 and 443, opens connections to servers only',
    'example-network/EndpointsSecurityGroup252B86E5':
      'Endpoints of AWS services: admits servers and functions on 443, opens no connection itself',
  });
});
