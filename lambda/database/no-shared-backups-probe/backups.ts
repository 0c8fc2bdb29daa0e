// The backups of a region by kind, all in one form.
import {
  DescribeImageAttributeCommand,
  DescribeSnapshotAttributeCommand,
  EC2Client,
  type LaunchPermission,
  paginateDescribeImages,
  paginateDescribeSnapshots,
} from '@aws-sdk/client-ec2';
import {
  DescribeDBClusterSnapshotAttributesCommand,
  DescribeDBSnapshotAttributesCommand,
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBSnapshots,
  RDSClient,
} from '@aws-sdk/client-rds';

/** A snapshot or image. */
export interface Backup {
  readonly id: string;
  /** Identifier of the source database, if any. */
  readonly database?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** ARNs of the keys that encrypt it; empty for an unencrypted backup. */
  readonly keys: readonly string[];
  /** Whether it can be shared. Automated snapshots cannot ("Sharing a DB cluster snapshot"). */
  readonly shareable: boolean;
}

/** One kind of backup in one region. */
export interface BackupStore {
  /** As in `cluster snapshot`. */
  readonly kind: string;
  readonly region: string;
  list(): Promise<Backup[]>;
  /** Accounts and organizations that may restore, copy or launch it; `all` for everybody; none if it was deleted. */
  sharedWith(id: string): Promise<string[]>;
  /** The command that ends the sharing. */
  unshareCommand(id: string, account: string): string;
}

/** Errors for a backup that was deleted after the list. */
const notFoundErrors = new Set([
  'DBClusterSnapshotNotFoundFault',
  'DBSnapshotNotFoundFault',
  'DBSnapshotNotFound',
  'InvalidAMIID.NotFound',
  'InvalidAMIID.Unavailable',
  'InvalidSnapshot.NotFound',
]);

async function emptyIfDeleted(read: () => Promise<string[]>): Promise<string[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && notFoundErrors.has(error.name)) return [];
    throw error;
  }
}

type Tag = { readonly Key?: string | undefined; readonly Value?: string | undefined };
const tagsOf = (tags: readonly Tag[] = []) => Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
const presentValues = (values: readonly (string | undefined)[]) => values.filter((value) => value !== undefined);

/**
 * All kinds of backups of databases and servers in a region. AWS Backup keeps its recovery points of clusters as
 * snapshots of clusters ("Resource ARNs", AWS Backup Developer Guide).
 */
export function backupStores(region: string): BackupStore[] {
  const rds = new RDSClient({ region });
  const ec2 = new EC2Client({ region });
  return [clusterSnapshots(rds, region), instanceSnapshots(rds, region), diskSnapshots(ec2, region), images(ec2, region)];
}

/** Without a type, lists have automated and manual snapshots, and not those of AWS Backup ("DescribeDBSnapshots"). */
const snapshotTypes = [undefined, 'awsbackup'] as const;

const isShareable = ({ SnapshotType }: { readonly SnapshotType?: string | undefined }): boolean => SnapshotType !== 'automated';

function clusterSnapshots(client: RDSClient, region: string): BackupStore {
  return {
    kind: 'cluster snapshot',
    region,
    async list() {
      const found = new Map<string, Backup>();
      for (const SnapshotType of snapshotTypes) {
        const request = SnapshotType === undefined ? {} : { SnapshotType };
        for await (const page of paginateDescribeDBClusterSnapshots({ client }, request)) {
          for (const snapshot of page.DBClusterSnapshots ?? []) {
            const id = snapshot.DBClusterSnapshotIdentifier ?? '';
            found.set(id, {
              ...{ id, database: snapshot.DBClusterIdentifier, tags: tagsOf(snapshot.TagList) },
              keys: presentValues([snapshot.KmsKeyId]),
              shareable: isShareable(snapshot),
            });
          }
        }
      }
      return [...found.values()];
    },
    sharedWith: (id) =>
      emptyIfDeleted(async () => {
        const { DBClusterSnapshotAttributesResult: result } = await client.send(
          new DescribeDBClusterSnapshotAttributesCommand({ DBClusterSnapshotIdentifier: id }),
        );
        return restoringAccounts(result?.DBClusterSnapshotAttributes);
      }),
    unshareCommand: (id, account) =>
      `aws rds modify-db-cluster-snapshot-attribute --region ${region} --db-cluster-snapshot-identifier ${id} ` +
      `--attribute-name restore --values-to-remove ${account}`,
  };
}

function instanceSnapshots(client: RDSClient, region: string): BackupStore {
  return {
    kind: 'instance snapshot',
    region,
    async list() {
      const found = new Map<string, Backup>();
      for (const SnapshotType of snapshotTypes) {
        const request = SnapshotType === undefined ? {} : { SnapshotType };
        for await (const page of paginateDescribeDBSnapshots({ client }, request)) {
          for (const snapshot of page.DBSnapshots ?? []) {
            const id = snapshot.DBSnapshotIdentifier ?? '';
            found.set(id, {
              ...{ id, database: snapshot.DBInstanceIdentifier, tags: tagsOf(snapshot.TagList) },
              keys: presentValues([snapshot.KmsKeyId]),
              shareable: isShareable(snapshot),
            });
          }
        }
      }
      return [...found.values()];
    },
    sharedWith: (id) =>
      emptyIfDeleted(async () => {
        const { DBSnapshotAttributesResult: result } = await client.send(
          new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier: id }),
        );
        return restoringAccounts(result?.DBSnapshotAttributes);
      }),
    unshareCommand: (id, account) =>
      `aws rds modify-db-snapshot-attribute --region ${region} --db-snapshot-identifier ${id} ` +
      `--attribute-name restore --values-to-remove ${account}`,
  };
}

type RestoreAttribute = { readonly AttributeName?: string | undefined; readonly AttributeValues?: string[] | undefined };
const restoringAccounts = (attributes: readonly RestoreAttribute[] = []) =>
  attributes.filter(({ AttributeName }) => AttributeName === 'restore').flatMap(({ AttributeValues = [] }) => AttributeValues);

function diskSnapshots(client: EC2Client, region: string): BackupStore {
  return {
    kind: 'disk snapshot',
    region,
    async list() {
      const found: Backup[] = [];
      for await (const page of paginateDescribeSnapshots({ client }, { OwnerIds: ['self'] })) {
        for (const { SnapshotId = '', Tags, KmsKeyId } of page.Snapshots ?? []) {
          found.push({ id: SnapshotId, tags: tagsOf(Tags), keys: presentValues([KmsKeyId]), shareable: true });
        }
      }
      return found;
    },
    sharedWith: (id) =>
      emptyIfDeleted(async () => {
        const { CreateVolumePermissions: permissions = [] } = await client.send(
          new DescribeSnapshotAttributeCommand({ SnapshotId: id, Attribute: 'createVolumePermission' }),
        );
        return sharingAccounts(permissions);
      }),
    unshareCommand: (id) => `aws ec2 reset-snapshot-attribute --region ${region} --snapshot-id ${id} --attribute createVolumePermission`,
  };
}

function images(client: EC2Client, region: string): BackupStore {
  return {
    kind: 'image',
    region,
    async list() {
      const found: Backup[] = [];
      for await (const page of paginateDescribeImages({ client }, { Owners: ['self'], IncludeDeprecated: true, IncludeDisabled: true })) {
        for (const { ImageId = '', Tags, BlockDeviceMappings = [] } of page.Images ?? []) {
          const keys = presentValues(BlockDeviceMappings.map(({ Ebs }) => Ebs?.KmsKeyId));
          found.push({ id: ImageId, tags: tagsOf(Tags), keys, shareable: true });
        }
      }
      return found;
    },
    sharedWith: (id) =>
      emptyIfDeleted(async () => {
        const { LaunchPermissions: permissions = [] } = await client.send(
          new DescribeImageAttributeCommand({ ImageId: id, Attribute: 'launchPermission' }),
        );
        return sharingAccounts(permissions);
      }),
    unshareCommand: (id) => `aws ec2 reset-image-attribute --region ${region} --image-id ${id} --attribute launchPermission`,
  };
}

const sharingAccounts = (permissions: readonly LaunchPermission[]) =>
  permissions.map(
    ({ UserId, Group, OrganizationArn, OrganizationalUnitArn }) =>
      UserId ?? Group ?? OrganizationArn ?? OrganizationalUnitArn ?? 'an unnamed account',
  );
