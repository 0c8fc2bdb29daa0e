// Rules about data buckets.
import type { Rule } from '../../rule';
import { dataBuckets } from './data-buckets';
import { keptBucketPolicies } from './kept-bucket-policies';

export const storageRules: readonly Rule[] = [dataBuckets, keptBucketPolicies];
