// Stores of unlisted types.

import type { Bypass } from '../../rule';
import { bucketType } from '../../template/resource-types';
import { newResource } from '../bypass';

const types = [
  'AWS::Athena::WorkGroup',
  'AWS::DocDB::DBCluster',
  'AWS::DynamoDB::GlobalTable',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::FSx::FileSystem',
  'AWS::Neptune::DBCluster',
  'AWS::OpenSearchService::Domain',
  'AWS::Redshift::Cluster',
  'AWS::S3Express::DirectoryBucket',
];

export const unknownStores: readonly Bypass[] = types.map((type) => ({
  name: `an ${type}`,
  resources: { Store: newResource(type) },
  beside: bucketType,
}));
