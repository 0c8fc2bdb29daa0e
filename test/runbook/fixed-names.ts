// The fixed names of a synthesized deployment, by which the commands of the runbook are checked.
import type { Synthesized } from '../synthesized/synthesized';

/** A resource of a template. */
export interface Made {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Types with fixed names, and the property that has them. */
const nameOf: Readonly<Record<string, string>> = {
  'AWS::AutoScaling::AutoScalingGroup': 'AutoScalingGroupName',
  'AWS::Backup::BackupVault': 'BackupVaultName',
  'AWS::CloudTrail::Trail': 'TrailName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::NetworkFirewall::Firewall': 'FirewallName',
  'AWS::RDS::DBCluster': 'DBClusterIdentifier',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::Scheduler::ScheduleGroup': 'Name',
  'AWS::SSM::Document': 'Name',
};

const account = '111111111111';

/** The names of a deployment, and of further resources that it has with other settings. */
export function fixedNames(deployment: Synthesized, further: readonly Made[] = []) {
  const own = deployment.stacks.flatMap(({ template }) => Object.values(template.Resources as Record<string, Made>));
  const resources = [...own, ...further];
  const named = (type: string): ReadonlySet<string> =>
    new Set(resources.filter(({ Type }) => Type === type).flatMap(({ Properties }) => textOf(Properties?.[nameOf[type] ?? '']) ?? []));
  const stacks = new Set(deployment.stacks.map(({ name }) => name));
  const [{ region } = { region: '' }] = deployment.stacks;
  const is = (type: string) => (value: string) => named(type).has(value);
  return {
    resolve: (text: string) =>
      text.replaceAll('<deployment>', deployment.deployment).replaceAll('<account>', account).replaceAll('<region>', region),
    names: new Set([...Object.keys(nameOf).flatMap((type) => [...named(type)]), ...stacks]) as ReadonlySet<string>,
    /** Beginnings of names, which commands complete. */
    prefixes: [
      `${deployment.deployment}`,
      `${deployment.deployment}-`,
      `${deployment.deployment}-collection-`,
      `${deployment.deployment}-egress-`,
    ],
    /** Whether an option of the AWS CLI takes a value; a variable of the shell is not judged. */
    byOption: Object.fromEntries(
      Object.entries({
        'alarm-names': is('AWS::CloudWatch::Alarm'),
        'auto-scaling-group-name': is('AWS::AutoScaling::AutoScalingGroup'),
        'auto-scaling-group-names': is('AWS::AutoScaling::AutoScalingGroup'),
        'backup-vault-name': is('AWS::Backup::BackupVault'),
        bucket: is('AWS::S3::Bucket'),
        'key-id': is('AWS::KMS::Alias'),
        'db-cluster-identifier': is('AWS::RDS::DBCluster'),
        'role-name': is('AWS::IAM::Role'),
        'function-name': is('AWS::Lambda::Function'),
        'log-group-name': is('AWS::Logs::LogGroup'),
        'stack-name': (value: string) => stacks.has(value),
      }).map(([option, takes]) => [option, (value: string) => value.includes('$') || takes(value)]),
    ) as Readonly<Record<string, ((value: string) => boolean) | undefined>>,
  };
}

/** A name as text, with the account filled in; `undefined` where it is a reference. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const [, parts] = (value as { 'Fn::Join'?: [string, readonly unknown[]] } | undefined)?.['Fn::Join'] ?? [];
  return parts?.map((part) => (typeof part === 'string' ? part : account)).join('');
}
