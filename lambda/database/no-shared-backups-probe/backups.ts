// The backups of a region as AWS tells of them, one kind after the other, each brought into one shape.
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
  /** Identifier of the database that it is of, if it is of one. */
  readonly database?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** ARNs of the keys that encrypt it; empty where it is not encrypted. */
  readonly keys: readonly string[];
  /** Whether AWS lets anybody share it. Automated ones cannot be ("Sharing a DB cluster snapshot"). */
  readonly shareable: boolean;
}

/** One kind of backup in one region. */
export interface BackupStore {
  /** As in `cluster snapshot`. */
  readonly kind: string;
  readonly region: string;
  list(): Promise<Backup[]>;
  /** Accounts and organisations that may restore, copy or launch it, `all` for everybody; nobody if it is no more. */
  sharedWith(id: string): Promise<string[]>;
  /** The command that takes it back from them. */
  takeBack(id: string, from: string): string;
}

/** Errors that say that a backup was deleted after it was listed. */
const gone = new Set([
  'DBClusterSnapshotNotFoundFault',
  'DBSnapshotNotFoundFault',
  'DBSnapshotNotFound',
  'InvalidAMIID.NotFound',
  'InvalidAMIID.Unavailable',
  'InvalidSnapshot.NotFound',
]);

async function unlessGone(ask: () => Promise<string[]>): Promise<string[]> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && gone.has(error.name)) return [];
    throw error;
  }
}

type Tag = { readonly Key?: string | undefined; readonly Value?: string | undefined };
const tagsOf = (tags: readonly Tag[] = []) => Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
const presentValues = (values: readonly (string | undefined)[]) => values.filter((value) => value !== undefined);

/** Every kind of backup that databases and servers have in a region. Recovery points in vaults come with the backup stack. */
export function backupStores(region: string): BackupStore[] {
  const rds = new RDSClient({ region });
  const ec2 = new EC2Client({ region });
  return [clusterSnapshots(rds, region), instanceSnapshots(rds, region), diskSnapshots(ec2, region), images(ec2, region)];
}

function clusterSnapshots(client: RDSClient, region: string): BackupStore {
  return {
    kind: 'cluster snapshot',
    region,
    async list() {
      const found: Backup[] = [];
      for await (const page of paginateDescribeDBClusterSnapshots({ client }, {})) {
        for (const snapshot of page.DBClusterSnapshots ?? []) {
          found.push({
            id: snapshot.DBClusterSnapshotIdentifier ?? '',
            database: snapshot.DBClusterIdentifier,
            tags: tagsOf(snapshot.TagList),
            keys: presentValues([snapshot.KmsKeyId]),
            shareable: snapshot.SnapshotType === 'manual',
          });
        }
      }
      return found;
    },
    sharedWith: (id) =>
      unlessGone(async () => {
        const { DBClusterSnapshotAttributesResult: result } = await client.send(
          new DescribeDBClusterSnapshotAttributesCommand({ DBClusterSnapshotIdentifier: id }),
        );
        return restoringAccounts(result?.DBClusterSnapshotAttributes);
      }),
    takeBack: (id, from) =>
      `aws rds modify-db-cluster-snapshot-attribute --region ${region} --db-cluster-snapshot-identifier ${id} ` +
      `--attribute-name restore --values-to-remove ${from}`,
  };
}

function instanceSnapshots(client: RDSClient, region: string): BackupStore {
  return {
    kind: 'instance snapshot',
    region,
    async list() {
      const found: Backup[] = [];
      for await (const page of paginateDescribeDBSnapshots({ client }, {})) {
        for (const snapshot of page.DBSnapshots ?? []) {
          found.push({
            id: snapshot.DBSnapshotIdentifier ?? '',
            database: snapshot.DBInstanceIdentifier,
            tags: tagsOf(snapshot.TagList),
            keys: presentValues([snapshot.KmsKeyId]),
            shareable: snapshot.SnapshotType === 'manual',
          });
        }
      }
      return found;
    },
    sharedWith: (id) =>
      unlessGone(async () => {
        const { DBSnapshotAttributesResult: result } = await client.send(
          new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier: id }),
        );
        return restoringAccounts(result?.DBSnapshotAttributes);
      }),
    takeBack: (id, from) =>
      `aws rds modify-db-snapshot-attribute --region ${region} --db-snapshot-identifier ${id} ` +
      `--attribute-name restore --values-to-remove ${from}`,
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
      unlessGone(async () => {
        const { CreateVolumePermissions: permissions = [] } = await client.send(
          new DescribeSnapshotAttributeCommand({ SnapshotId: id, Attribute: 'createVolumePermission' }),
        );
        return sharingAccounts(permissions);
      }),
    takeBack: (id) => `aws ec2 reset-snapshot-attribute --region ${region} --snapshot-id ${id} --attribute createVolumePermission`,
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
      unlessGone(async () => {
        const { LaunchPermissions: permissions = [] } = await client.send(
          new DescribeImageAttributeCommand({ ImageId: id, Attribute: 'launchPermission' }),
        );
        return sharingAccounts(permissions);
      }),
    takeBack: (id) => `aws ec2 reset-image-attribute --region ${region} --image-id ${id} --attribute launchPermission`,
  };
}

const sharingAccounts = (permissions: readonly LaunchPermission[]) =>
  permissions.map(
    ({ UserId, Group, OrganizationArn, OrganizationalUnitArn }) =>
      UserId ?? Group ?? OrganizationArn ?? OrganizationalUnitArn ?? 'somebody that is not told',
  );
