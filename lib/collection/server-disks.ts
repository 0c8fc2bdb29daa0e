// The disks of a server: one for the system, and data disks in pairs that the server mirrors.
import { type BlockDevice, BlockDeviceVolume, EbsDeviceVolumeType } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Settings } from '../config/settings/settings';

/** Device names of data disks ("Device names for volumes on Amazon EC2 instances": /dev/sd[f-p]). */
const dataDevices = ['sdf', 'sdg', 'sdh', 'sdi'] as const;

/** The root device of Amazon Linux 2023. */
const rootDevice = '/dev/xvda';
const rootGibibytes = 20;

type Disks = Settings['collection']['disks'];

/** The device names of the data disks, as the server expects them. */
export const dataDisks = ({ count }: Disks): readonly string[] => dataDevices.slice(0, count);

/**
 * All volumes are gp3 (3,000 IOPS and 125 MB/s each at any size), encrypted with the data key, and deleted on
 * termination: a server terminates only when its spool is empty. (TOM-5.5, TOM-6.2)
 */
export function blockDevices(disks: Disks, key: IKey): BlockDevice[] {
  const volume = (gibibytes: number): BlockDeviceVolume =>
    BlockDeviceVolume.ebs(gibibytes, {
      volumeType: EbsDeviceVolumeType.GP3,
      encrypted: true,
      kmsKey: key,
      deleteOnTermination: true,
    });
  return [
    { deviceName: rootDevice, volume: volume(rootGibibytes) },
    ...dataDisks(disks).map((name) => ({ deviceName: `/dev/${name}`, volume: volume(disks.gibibytes) })),
  ];
}

/** Bytes that hits may occupy: a share of the capacity of all mirrors, which is half of the disks. */
export function spoolLimitBytes({ disks, spoolLimitPercent }: Settings['collection']): number {
  return Math.floor(((disks.count / 2) * disks.gibibytes * 2 ** 30 * spoolLimitPercent) / 100);
}
