// Fixed names: a resource that exists already, outside the stack that would create it, fails the deployment with
// "already exists".
import { type CloudControlClient, GetResourceCommand, paginateListResources } from '@aws-sdk/client-cloudcontrol';
import { whereExists } from './answer';
import type { Deployment, PhysicalIds } from './deployment';
import type { Check, Line } from './line';
import { type PseudoParameters, type Resource, resolveText } from './templates';

interface FixedName {
  /** The property that holds the name. */
  readonly property: string;
  /**
   * The primary identifier of the type for Cloud Control, where it is not the name ("Identifying resources", Cloud
   * Control API).
   */
  readonly identifier?: (name: string, pseudo: PseudoParameters) => string;
  /**
   * Where the primary identifier contains an id that the service chooses: the properties by which Cloud Control lists
   * the resources of the type, `{}` for all of them.
   */
  readonly listedBy?: Readonly<Record<string, string>>;
  /** The setting by which the deployment uses a resource that others use, too, instead of one of its own. */
  readonly adoptedBy?: string;
}

const arn =
  (service: string, kind: string) =>
  (name: string, pseudo: PseudoParameters): string =>
    `arn:${pseudo['AWS::Partition']}:${service}:${pseudo['AWS::Region']}:${pseudo['AWS::AccountId']}:${kind}/${name}`;

/** Types whose names are unique in account and region, and that Cloud Control can read or list. */
export const fixedNames: Readonly<Record<string, FixedName>> = {
  'AWS::AutoScaling::AutoScalingGroup': { property: 'AutoScalingGroupName' },
  'AWS::Backup::BackupVault': { property: 'BackupVaultName' },
  'AWS::CloudTrail::Trail': { property: 'TrailName' },
  'AWS::CloudWatch::Alarm': { property: 'AlarmName' },
  // A request for the same type, address, ASN and device name is refused ("CreateCustomerGateway").
  'AWS::EC2::CustomerGateway': { property: 'DeviceName', listedBy: {} },
  'AWS::IAM::ManagedPolicy': {
    property: 'ManagedPolicyName',
    identifier: (name, pseudo) => `arn:${pseudo['AWS::Partition']}:iam::${pseudo['AWS::AccountId']}:policy/${name}`,
  },
  // An account has one provider for each address ("CreateOpenIDConnectProvider", EntityAlreadyExists).
  'AWS::IAM::OIDCProvider': {
    property: 'Url',
    identifier: (url, pseudo) =>
      `arn:${pseudo['AWS::Partition']}:iam::${pseudo['AWS::AccountId']}:oidc-provider/${url.replace(/^https:\/\//, '')}`,
    adoptedBy: 'access.deployer.provider: existing',
  },
  'AWS::IAM::Role': { property: 'RoleName' },
  'AWS::IAM::ServiceLinkedRole': { property: 'CustomSuffix', identifier: (suffix) => `AWSServiceRoleForAutoScaling_${suffix}` },
  'AWS::KMS::Alias': { property: 'AliasName' },
  'AWS::Lambda::Function': { property: 'FunctionName' },
  'AWS::Logs::LogGroup': { property: 'LogGroupName' },
  'AWS::Logs::ResourcePolicy': { property: 'PolicyName' },
  'AWS::NetworkFirewall::Firewall': { property: 'FirewallName', identifier: arn('network-firewall', 'firewall') },
  'AWS::NetworkFirewall::FirewallPolicy': { property: 'FirewallPolicyName', identifier: arn('network-firewall', 'firewall-policy') },
  'AWS::NetworkFirewall::RuleGroup': { property: 'RuleGroupName', identifier: arn('network-firewall', 'stateful-rulegroup') },
  'AWS::RDS::DBCluster': { property: 'DBClusterIdentifier' },
  'AWS::RDS::DBProxy': { property: 'DBProxyName' },
  'AWS::Route53Resolver::ResolverQueryLoggingConfig': { property: 'Name', listedBy: {} },
  'AWS::S3::Bucket': { property: 'BucketName' },
  'AWS::SQS::Queue': {
    property: 'QueueName',
    identifier: (name, pseudo) => `https://sqs.${pseudo['AWS::Region']}.${pseudo['AWS::URLSuffix']}/${pseudo['AWS::AccountId']}/${name}`,
  },
  'AWS::SSM::Document': { property: 'Name' },
  'AWS::Scheduler::ScheduleGroup': { property: 'Name' },
  // The deployment has no web ACL of CloudFront, whose names are apart from these.
  'AWS::WAFv2::WebACL': { property: 'Name', listedBy: { Scope: 'REGIONAL' } },
};

/** A resource of the templates with a name of its own. */
export interface NamedResource {
  readonly stack: string;
  readonly type: string;
  readonly name: string;
  /** Identifier for Cloud Control; `undefined` where only the service has it. */
  readonly identifier: string | undefined;
}

export function namedResources(resources: readonly Resource[], pseudo: PseudoParameters): readonly NamedResource[] {
  return resources.flatMap(({ stack, type, properties }) => {
    const { [type]: fixed } = fixedNames;
    const name = fixed && resolveText(properties[fixed.property], pseudo);
    if (fixed === undefined || name === undefined) return [];
    const identifier = fixed.listedBy === undefined ? (fixed.identifier?.(name, pseudo) ?? name) : undefined;
    return [{ stack, type, name, identifier }];
  });
}

export function nameCheck({ account, resources, pseudo, deployed }: Deployment): Check {
  const run = async (): Promise<readonly Line[]> => {
    const named = namedResources(resources, pseudo);
    const own = await ownIds(deployed, new Set(named.map(({ stack }) => stack)));
    const lines: Line[] = [];
    // One at a time: Cloud Control has a small quota of requests.
    for (const resource of named) {
      if (own.has(resource.identifier ?? resource.name) || own.has(resource.name)) continue;
      const holders = await holdersOf(account.cloudControl, resource);
      lines.push(...holders.filter((holder) => !own.has(holder)).map((holder) => takenLine(resource, holder, account.region)));
    }
    const checked = `${named.length} names, ${lines.length} of them in use outside their stack`;
    const command = 'npm run preflight -- --json';
    return [
      { check: 'fixed names', verdict: lines.length === 0 ? 'ready' : 'change', found: checked, wanted: 'none in use', command },
      ...lines,
    ];
  };
  return { name: 'fixed names', run };
}

/** Physical ids of all resources of some stacks. */
async function ownIds(deployed: PhysicalIds, stacks: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const stack of stacks) for (const id of (await deployed.of(stack)).values()) ids.add(id);
  return ids;
}

/** Identifiers of the existing resources that have the name. */
async function holdersOf(client: CloudControlClient, { type, name, identifier }: NamedResource): Promise<readonly string[]> {
  if (identifier !== undefined) return (await propertiesOf(client, type, identifier)) === undefined ? [] : [identifier];
  const { [type]: { property, listedBy = {} } = { property: '' } } = fixedNames;
  const ResourceModel = JSON.stringify(listedBy);
  const found: string[] = [];
  for await (const { ResourceDescriptions = [] } of paginateListResources({ client }, { TypeName: type, ResourceModel })) {
    for (const { Identifier: holder = '', Properties = '{}' } of ResourceDescriptions) {
      // A list may contain the identifiers alone ("Discovering resources", Cloud Control API).
      const listed = JSON.parse(Properties) as ResourceProperties;
      const properties = property in listed ? listed : await propertiesOf(client, type, holder);
      if (properties?.[property] === name) found.push(holder);
    }
  }
  return found;
}

type ResourceProperties = Readonly<Record<string, unknown>>;

/** The properties of a resource; `undefined` where it does not exist. */
async function propertiesOf(client: CloudControlClient, type: string, identifier: string): Promise<ResourceProperties | undefined> {
  const command = new GetResourceCommand({ TypeName: type, Identifier: identifier });
  const answer = await whereExists(client.send(command), /^ResourceNotFoundException$/);
  return answer && (JSON.parse(answer.ResourceDescription?.Properties ?? '{}') as ResourceProperties);
}

/** CloudFormation imports a resource by its name only where the name is the whole identifier of the type. */
function takenLine({ stack, type, name, identifier }: NamedResource, holder: string, region: string): Line {
  const id = holder.includes('|') ? `'${holder}'` : holder;
  const remove = `aws cloudcontrol delete-resource --type-name ${type} --identifier ${id} --region ${region}`;
  const taken = { check: `${type} ${name}`, verdict: 'change', found: `exists outside the stack ${stack}` } as const;
  const setting = fixedNames[type]?.adoptedBy;
  if (setting !== undefined) {
    return { ...taken, wanted: 'absent, or adopted by the deployment', command: `set ${setting} in the configuration` };
  }
  if (identifier === undefined) return { ...taken, wanted: 'absent', command: remove };
  const wanted = 'absent, or imported into the stack';
  return { ...taken, wanted, command: `npx cdk deploy ${stack} --import-existing-resources, or ${remove}` };
}
