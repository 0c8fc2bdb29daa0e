// Stores of types that nobody has said anything about.
import type { Intruder } from '../../rule';
import { intruder } from '../bypass';

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

export const unknownStores: readonly Intruder[] = types.map((type) => ({
  name: `an ${type}`,
  resources: { Store: intruder(type) },
  beside: 'AWS::S3::Bucket',
}));
