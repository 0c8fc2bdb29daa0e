// Stores of types that nobody has said anything about.
import type { Bypass } from '../../rule';
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
  beside: 'AWS::S3::Bucket',
}));
