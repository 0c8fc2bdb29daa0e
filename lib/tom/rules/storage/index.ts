// Rules about data buckets.
import type { Rule } from '../../rule';
import { dataBuckets } from './data-buckets';

export const storageRules: readonly Rule[] = [dataBuckets];
