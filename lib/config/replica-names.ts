// Names of the replica of the archive, by which the stacks of two regions name each other's resources.
import { lakeFolder } from './names';
import type { Site } from './site';

/** Folders of the archive that are replicated; an export of a person ends in weeks, and is made again. (DSS-5.4.2) */
export const replicatedFolders = { hits: 'hits/', 'hits-in-error': 'hits-errors/', lake: `${lakeFolder}/` } as const;

/** Alias of the key of the replica, by which the archive names the key before its id is known. (TOM-5.5) */
export const replicaKeyAlias = ({ deployment }: Pick<Site, 'deployment'>): string => `${deployment}-archive-replica`;

/**
 * Name of the role with which S3 replicates the archive, by which the policies of both buckets name it. IAM is global,
 * so the region distinguishes the sites. At most 64 characters. Changing it replaces the role. (DSS-5.4.2, TOM-4.1)
 */
export const replicationRoleName = (site: Site): string => `${site.deployment}-replication-${site.region}`;
