// TOM-4.2, TOM-5.7: no bucket can be made public by a policy or an ACL.

import { finding, guard, type Rule, remove, replace, set } from '../../rule';
import { bucketType } from '../../template/resource-types';

const switches = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'] as const;

/**
 * Canned ACLs that grant access to the account and to log delivery only ("Access control list (ACL) overview", Canned
 * ACL).
 */
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
    return [
      ...open,
      finding(bucket, 'list', 'Properties.AccessControl', 'no ACL', 'Remove accessControl and grant access in the bucket policy.'),
    ];
  },
  guards: [
    ...switches.map((name) => guard(bucketType, `Properties.PublicAccessBlockConfiguration.${name}`, remove, replace(false))),
    guard(bucketType, 'Properties.AccessControl', set('PublicRead'), set('AuthenticatedRead')),
  ],
};
