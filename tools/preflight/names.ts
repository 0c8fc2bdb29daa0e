// Fixed names: a resource that exists already, outside the stack that would create it, fails the deployment with
// "already exists".
import { type CloudControlClient, GetResourceCommand } from '@aws-sdk/client-cloudcontrol';
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
}

const arn =
  (service: string, kind: string) =>
  (name: string, pseudo: PseudoParameters): string =>
    `arn:${pseudo['AWS::Partition']}:${service}:${pseudo['AWS::Region']}:${pseudo['AWS::AccountId']}:${kind}/${name}`;

/** Types whose names are unique in account and region, and that Cloud Control can read by name. */
export const fixedNames: Readonly<Record<string, FixedName>> = {
  'AWS::AutoScaling::AutoScalingGroup': { property: 'AutoScalingGroupName' },
  'AWS::CloudTrail::Trail': { property: 'TrailName' },
  'AWS::CloudWatch::Alarm': { property: 'AlarmName' },
  'AWS::IAM::ManagedPolicy': {
    property: 'ManagedPolicyName',
    identifier: (name, pseudo) => `arn:${pseudo['AWS::Partition']}:iam::${pseudo['AWS::AccountId']}:policy/${name}`,
  },
  'AWS::IAM::ServiceLinkedRole': { property: 'CustomSuffix', identifier: (suffix) => `AWSServiceRoleForAutoScaling_${suffix}` },
  'AWS::KMS::Alias': { property: 'AliasName' },
  'AWS::Lambda::Function': { property: 'FunctionName' },
  'AWS::Logs::LogGroup': { property: 'LogGroupName' },
  'AWS::NetworkFirewall::Firewall': { property: 'FirewallName', identifier: arn('network-firewall', 'firewall') },
  'AWS::NetworkFirewall::FirewallPolicy': { property: 'FirewallPolicyName', identifier: arn('network-firewall', 'firewall-policy') },
  'AWS::NetworkFirewall::RuleGroup': { property: 'RuleGroupName', identifier: arn('network-firewall', 'stateful-rulegroup') },
  'AWS::RDS::DBCluster': { property: 'DBClusterIdentifier' },
  'AWS::RDS::DBProxy': { property: 'DBProxyName' },
  'AWS::S3::Bucket': { property: 'BucketName' },
  'AWS::Scheduler::ScheduleGroup': { property: 'Name' },
};

/** A resource of the templates with a name of its own. */
export interface NamedResource {
  readonly stack: string;
  readonly type: string;
  readonly name: string;
  readonly identifier: string;
}

export function namedResources(resources: readonly Resource[], pseudo: PseudoParameters): readonly NamedResource[] {
  return resources.flatMap(({ stack, type, properties }) => {
    const { [type]: fixed } = fixedNames;
    const name = fixed && resolveText(properties[fixed.property], pseudo);
    return name === undefined ? [] : [{ stack, type, name, identifier: fixed?.identifier?.(name, pseudo) ?? name }];
  });
}

export function nameCheck({ account, resources, pseudo, deployed }: Deployment): Check {
  const run = async (): Promise<readonly Line[]> => {
    const named = namedResources(resources, pseudo);
    const own = await ownIds(deployed, new Set(named.map(({ stack }) => stack)));
    const lines: Line[] = [];
    // One at a time: Cloud Control has a small quota of requests.
    for (const resource of named) {
      if (own.has(resource.identifier) || own.has(resource.name)) continue;
      if (await exists(account.cloudControl, resource)) lines.push(takenLine(resource, account.region));
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

async function exists(cloudControl: CloudControlClient, { type, identifier }: NamedResource): Promise<boolean> {
  try {
    await cloudControl.send(new GetResourceCommand({ TypeName: type, Identifier: identifier }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return false;
    throw error;
  }
}

const takenLine = ({ stack, type, name, identifier }: NamedResource, region: string): Line => ({
  check: `${type} ${name}`,
  verdict: 'change',
  found: `exists outside the stack ${stack}`,
  wanted: 'absent, or imported into the stack',
  command:
    `npx cdk deploy ${stack} --import-existing-resources, or ` +
    `aws cloudcontrol delete-resource --type-name ${type} --identifier ${identifier} --region ${region}`,
});
