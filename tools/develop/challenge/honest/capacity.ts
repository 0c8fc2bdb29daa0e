// More capacity, longer retention, sooner alarms: within the bounds of the declarations, or by the configuration.
import { logGroupType } from '../../../../lib/tom/template/resource-types';
import { alarmNamed, functionNamed, put, resourceOfType, resourcesOfType } from '../challenge';
import type { HonestChange } from './honest';

/** The stacks with log groups. */
const allStacks = ['account', 'network', 'data', 'edge', 'access', 'collection', 'backup'] as const;

export const capacityChanges: readonly HonestChange[] = [
  {
    title: 'a function with more memory',
    change: ({ collection }) => put(functionNamed(collection, 'ingest').properties, 'MemorySize', 2048),
  },
  {
    title: 'a function with a longer timeout',
    change: ({ data }) => put(functionNamed(data, 'site-admin').properties, 'Timeout', 120),
  },
  {
    title: 'an alarm that is raised sooner',
    change: ({ edge }) => put(alarmNamed(edge, 'LoadBalancerErrors').properties, 'EvaluationPeriods', 2),
  },
  {
    title: 'an alarm of an expiring certificate some days earlier',
    change: ({ edge }) => put(alarmNamed(edge, 'CertificateExpiring').properties, 'Threshold', 16),
  },
  {
    title: 'a database with more capacity',
    change: ({ data }) =>
      put(resourceOfType(data, 'AWS::RDS::DBCluster').properties, 'ServerlessV2ScalingConfiguration', { MinCapacity: 4, MaxCapacity: 32 }),
    settings: (settings) => ({ ...settings, data: { ...settings.data, capacity: { ...settings.data.capacity, minimum: 4, maximum: 32 } } }),
  },
  {
    title: 'a database with I/O-Optimized storage',
    change: ({ data }) => put(resourceOfType(data, 'AWS::RDS::DBCluster').properties, 'StorageType', 'aurora-iopt1'),
    settings: (settings) => ({ ...settings, data: { ...settings.data, storage: 'io-optimized' } }),
  },
  {
    title: 'a reader that scales with the writer',
    change({ data }) {
      for (const [index, { properties }] of resourcesOfType(data, 'AWS::RDS::DBInstance').entries())
        put(properties, 'PromotionTier', Math.min(index, 1));
    },
    settings: (settings) => ({ ...settings, data: { ...settings.data, readerScaling: 'with-writer' } }),
  },
  {
    title: 'a larger fleet',
    change({ collection }) {
      put(resourceOfType(collection, 'AWS::AutoScaling::AutoScalingGroup').properties, 'MaxSize', '60');
      put(alarmNamed(collection, 'FleetAtMaximum').properties, 'Threshold', 60);
    },
    settings: (settings) => ({
      ...settings,
      collection: { ...settings.collection, servers: { ...settings.collection.servers, maximum: 60 } },
    }),
  },
  {
    title: 'a longer retention of every log group',
    change(templates) {
      for (const stack of allStacks)
        for (const { properties, id } of resourcesOfType(templates[stack], logGroupType)) {
          // Whole addresses are kept 90 days, whatever the configuration. (TOM-4.13)
          if (!id.startsWith('FirewallLog')) put(properties, 'RetentionInDays', 545);
        }
    },
    settings: (settings) => ({ ...settings, audit: { ...settings.audit, logRetentionDays: 545 } }),
  },
  {
    title: 'a function with more memory than its declaration admitted',
    change: ({ data }) => put(functionNamed(data, 'database-upkeep').properties, 'MemorySize', 4096),
    amends: { of: 'data/UpkeepFunction', path: 'Properties.MemorySize', form: 4096 },
  },
];
