// Acknowledged wildcards of objects in the buckets of the data stack, which permissions name instead of importing.
import type { IConstruct } from 'constructs';
import { type DataBucketUse, dataBucketName } from '../config/names';
import type { Site } from '../config/site';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';

/** Acknowledges the wildcard of objects of a bucket by path, as in `hits/*`. */
export function acknowledgeObjects(policy: IConstruct, site: Site, use: DataBucketUse, path: string, reason: string): void {
  acknowledgeWildcard(policy, { resource: `arn:aws:s3:::${dataBucketName(site, use, accountInFindings(site))}/${path}`, reason });
}
