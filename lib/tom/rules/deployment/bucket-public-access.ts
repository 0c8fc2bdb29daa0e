// TOM-4.2, TOM-5.7: no bucket can be made public, by policy or by access list.

import { finding, guard, type Rule, remove, replace, set } from '../../rule';
import { bucketType } from '../../template/resource-types';

const switches = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'] as const;

/** Access lists that let none but the account and the provider's log delivery in ("Access control list overview", canned ACL). */
const privateLists = ['Private', 'LogDeliveryWrite', 'BucketOwnerRead', 'BucketOwnerFullControl'];

export const bucketPublicAccess: Rule = {
  name: 'bucket-public-access',
  requires: 'every bucket enables all four settings of S3 Block Public Access and has no ACL for other accounts',
  types: [bucketType],
  check(bucket) {
    const open = switches
      .map((name) => `PublicAccessBlockConfiguration.${name}`)
      .filter((path) => bucket.at(path) !== true)
      .map((path) =>
        finding(bucket, path, `Properties.${path}`, 'true', 'Set blockPublicAccess: BlockPublicAccess.BLOCK_ALL on the bucket.'),
      );
    const list = bucket.at('AccessControl');
    if (list === undefined || privateLists.some((name) => name === list)) return open;
    return [...open, finding(bucket, 'list', 'Properties.AccessControl', 'none', 'Leave out accessControl; grant by bucket policy.')];
  },
  guards: [
    ...switches.map((name) => guard(bucketType, `Properties.PublicAccessBlockConfiguration.${name}`, remove, replace(false))),
    guard(bucketType, 'Properties.AccessControl', set('PublicRead'), set('AuthenticatedRead')),
  ],
};
