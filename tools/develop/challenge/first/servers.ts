// The launch template of the servers: disks, image, address and hardware.
import { add, attribute, type Challenge, drop, listAt, put, resourceOfType, section } from '../challenge';

const fleet = 'AWS::AutoScaling::AutoScalingGroup';
const launch = 'AWS::EC2::LaunchTemplate';
const disks = 'LaunchTemplateData/BlockDeviceMappings';

export const serverChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-3.5',
    kind: 'J',
    title: 'servers with optional tokens for their metadata',
    change({ collection }) {
      put(resourceOfType(collection, launch).properties, 'LaunchTemplateData/MetadataOptions/HttpTokens', 'optional');
    },
  },
  {
    clause: 'DSS-5.6.2',
    kind: 'H',
    title: 'servers with a public IPv6 address',
    change({ collection }) {
      put(resourceOfType(collection, launch).properties, 'LaunchTemplateData/NetworkInterfaces/0/Ipv6AddressCount', 1);
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'I',
    title: 'a fourth disk from a snapshot of another account, without encryption',
    change({ collection }) {
      listAt(resourceOfType(collection, launch).properties, disks).push({
        DeviceName: '/dev/sdh',
        Ebs: { DeleteOnTermination: false, Encrypted: 'false', SnapshotId: 'snap-0a1b2c3d4e5f60718', VolumeType: 'gp3' },
      });
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'J',
    title: 'a second data disk that the launch template suppresses',
    change({ collection }) {
      const { properties } = resourceOfType(collection, launch);
      put(properties, `${disks}/2`, { DeviceName: '/dev/sdg', NoDevice: '' });
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'J',
    title: 'data disks encrypted with the key that AWS manages',
    change({ collection }) {
      const { properties } = resourceOfType(collection, launch);
      put(properties, `${disks}/1/Ebs/KmsKeyId`, 'alias/aws/ebs');
      put(properties, `${disks}/2/Ebs/KmsKeyId`, 'alias/aws/ebs');
    },
  },
  {
    clause: 'TOM-6.10',
    kind: 'A',
    title: 'an image by hand, as the default of a parameter',
    change({ collection }) {
      const parameters = section(collection, 'Parameters');
      const name = Object.keys(parameters).find((key) => key.includes('amazonlinux'));
      if (!name) throw new Error('Parameters: expected one for the image, got none');
      put(parameters, name, { Type: 'AWS::EC2::Image::Id', Default: 'ami-0a1b2c3d4e5f60718' });
    },
  },
  {
    clause: 'TOM-6.8',
    kind: 'A',
    title: 'an image of the company by a dynamic reference',
    change({ collection }) {
      put(resourceOfType(collection, launch).properties, 'LaunchTemplateData/ImageId', '{{resolve:ssm:/company/golden-image}}');
    },
  },
  {
    clause: 'TOM-6.8',
    kind: 'I',
    title: 'a second launch template for the second instance type, without boot script',
    change({ collection }) {
      const { properties } = resourceOfType(collection, launch);
      const copy = structuredClone(properties);
      drop(copy, 'LaunchTemplateData/UserData');
      const legacy = add(collection, 'LegacyTemplate0A1B2C3D', launch, copy);
      put(resourceOfType(collection, fleet).properties, 'MixedInstancesPolicy/LaunchTemplate/Overrides/1/LaunchTemplateSpecification', {
        LaunchTemplateId: legacy,
        Version: attribute('LegacyTemplate0A1B2C3D', 'LatestVersionNumber'),
      });
    },
  },
  {
    clause: 'TOM-6.8',
    kind: 'J',
    title: 'a fleet with the first version of its launch template for ever',
    change({ collection }) {
      put(resourceOfType(collection, fleet).properties, 'MixedInstancesPolicy/LaunchTemplate/LaunchTemplateSpecification/Version', '1');
    },
  },
  {
    clause: 'DSS-5.6.4',
    kind: 'J',
    title: 'servers close together on the same hardware',
    change({ collection }) {
      const { properties } = resourceOfType(collection, 'AWS::EC2::PlacementGroup');
      properties.Strategy = 'cluster';
      drop(properties, 'PartitionCount');
    },
  },
];
