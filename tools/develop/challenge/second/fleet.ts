// Servers: launch template, boot script, fleet, scaling.
import { add, attribute, type Challenge, fieldsAt, importOf, itemOf, put, resourceOfType, rewriteBoot, type Template } from '../challenge';
import { append } from './places';

const launch = (collection: Template) => resourceOfType(collection, 'AWS::EC2::LaunchTemplate');
const dataOf = (collection: Template) => fieldsAt(launch(collection).properties, 'LaunchTemplateData');
const groupOf = (collection: Template) => resourceOfType(collection, 'AWS::AutoScaling::AutoScalingGroup');

export const fleetChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-5.8',
    kind: 'D',
    title: 'a boot script that reports a wrong checksum and goes on with the file',
    change: ({ collection }) => rewriteBoot(collection, '    rm -f "$part"\n    exit 1\n', ''),
  },
  {
    clause: 'TOM-6.8',
    kind: 'D',
    title: 'a boot script that runs what a parameter of the account contains',
    change: ({ collection }) =>
      rewriteBoot(
        collection,
        '. "$program_folder/boot.sh"\n',
        'aws ssm get-parameter --name /rempart/boot --query Parameter.Value --output text >"$program_folder/late.sh" || true\n. "$program_folder/boot.sh"\n[[ ! -s "$program_folder/late.sh" ]] || . "$program_folder/late.sh"\n',
      ),
  },
  {
    clause: 'DSS-5.6.7',
    kind: 'D',
    title: 'a boot script that collects an audit log at a path that the daemon does not write',
    change: ({ collection }) => rewriteBoot(collection, '/var/log/audit/audit.log', '/var/log/audit.log'),
  },
  {
    clause: 'TOM-6.2',
    kind: 'D',
    title: 'a boot script with the spool of the collector on the root disk, beside the mirror',
    change: ({ collection }) =>
      rewriteBoot(collection, 'SPOOL_FOLDER=/var/spool/collector\nSPOOL_LIMIT', 'SPOOL_FOLDER=/var/lib/collector\nSPOOL_LIMIT'),
  },
  {
    clause: 'TOM-4.13',
    kind: 'D',
    title: 'a boot script that takes the address of the visitor from a header without a proxy that sets it',
    change: ({ collection }) => rewriteBoot(collection, 'CLIENT_ADDRESS=x-forwarded-for', 'CLIENT_ADDRESS=cf-connecting-ip'),
  },
  {
    clause: 'TOM-7.3',
    kind: 'D',
    title: 'a boot script that reads the keys of the sites of staging',
    change: ({ collection }) =>
      rewriteBoot(collection, 'KEYS_SOURCE=secretsmanager:production/sites', 'KEYS_SOURCE=secretsmanager:staging/sites'),
  },
  {
    clause: 'TOM-6.2',
    kind: 'D',
    title: 'a boot script that saves the watch of the array under the name of the reader of metadata, and the reverse',
    change: ({ collection }) => {
      rewriteBoot(collection, ' array-watch.sh\n', ' exchanged.sh\n');
      rewriteBoot(collection, ' metadata.sh\n', ' array-watch.sh\n');
      rewriteBoot(collection, ' exchanged.sh\n', ' metadata.sh\n');
    },
  },
  {
    clause: 'TOM-6.8',
    kind: 'A',
    title: 'a machine image that a private parameter of Systems Manager names',
    change: ({ collection }) => {
      const name = Object.keys(fieldsAt(collection, 'Parameters')).find((id) => id.startsWith('SsmParameterValue'));
      if (!name) throw new Error('Parameters: expected the machine image, got none');
      put(fieldsAt(collection, 'Parameters'), `${name}/Default`, '/production/images/collector');
    },
  },
  {
    clause: 'DSS-5.6.2',
    kind: 'H',
    title: 'servers with a public IPv6 address',
    change: ({ collection }) => put(dataOf(collection), 'NetworkInterfaces/0/Ipv6AddressCount', 1),
  },
  {
    clause: 'DSS-5.6.4',
    kind: 'H',
    title: 'servers that share the first partition of their placement group',
    change: ({ collection }) => put(dataOf(collection), 'Placement/PartitionNumber', 1),
  },
  {
    clause: 'TOM-6.2',
    kind: 'J',
    title: 'a second mirrored disk of half the size, smaller than the limit of the spool',
    change: ({ collection }) => put(dataOf(collection), 'BlockDeviceMappings/2/Ebs/VolumeSize', 50),
  },
  {
    clause: 'DSS-5.6.3',
    kind: 'B',
    title: 'servers in the security group of the proxies beside their own',
    change: ({ collection, edge }) =>
      append(
        dataOf(collection),
        'NetworkInterfaces/0/Groups',
        importOf(edge, attribute(resourceOfType(edge, 'AWS::EC2::SecurityGroup', 'Proxies').id, 'GroupId')),
      ),
  },
  {
    clause: 'TOM-5.5',
    kind: 'I',
    title: 'a second launch template without disk encryption for the second instance type of the fleet',
    change: ({ collection }) => {
      const first = launch(collection);
      const copy = structuredClone(dataOf(collection));
      put(copy, 'BlockDeviceMappings', [
        { DeviceName: '/dev/sdf', Ebs: { DeleteOnTermination: true, VolumeSize: 100, VolumeType: 'gp3' } },
        { DeviceName: '/dev/sdg', Ebs: { DeleteOnTermination: true, VolumeSize: 100, VolumeType: 'gp3' } },
      ]);
      const second = add(collection, 'SpareTemplate', first.resource.Type, { LaunchTemplateData: copy });
      put(groupOf(collection).properties, 'MixedInstancesPolicy/LaunchTemplate/Overrides/1/LaunchTemplateSpecification', {
        LaunchTemplateId: second,
        Version: attribute('SpareTemplate', 'LatestVersionNumber'),
      });
    },
  },
  {
    clause: 'TOM-6.9',
    kind: 'J',
    title: 'a step scaling policy that sets the fleet to one server in place of adding one',
    change: ({ collection }) =>
      put(
        resourceOfType(collection, 'AWS::AutoScaling::ScalingPolicy', ({ PolicyType }) => PolicyType === 'StepScaling').properties,
        'AdjustmentType',
        'ExactCapacity',
      ),
  },
  {
    clause: 'TOM-5.1',
    kind: 'J',
    title: 'a termination hook that lets a server go after half a minute, with its hits',
    change: ({ collection }) => {
      const hook = itemOf(groupOf(collection).properties, 'LifecycleHookSpecificationList', { LifecycleHookName: 'drained' });
      Object.assign(hook, { DefaultResult: 'CONTINUE', HeartbeatTimeout: 30 });
    },
  },
  {
    clause: 'TOM-6.1',
    kind: 'section',
    title: 'an update policy that replaces the whole fleet at once and suspends health checks',
    change: ({ collection }) => {
      groupOf(collection).resource.UpdatePolicy = {
        AutoScalingRollingUpdate: { MaxBatchSize: 40, MinInstancesInService: 0, SuspendProcesses: ['HealthCheck', 'ReplaceUnhealthy'] },
      };
    },
  },
];
