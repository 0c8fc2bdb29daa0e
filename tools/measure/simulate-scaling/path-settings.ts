// The settings of stream, ingest and database, from the synthesized templates.
import { type CostedStack, numberAt, type Resource, resourcesOf } from '../../../lib/cost/resources';
import { ingestOf, shapeOf } from '../../../lib/cost/shape';
import { ToolError } from '../../command-line';
import type { PathSettings } from './path';

/** ACU of 2 GiB in the memory of a class that does not scale. */
const acuOfClass: Readonly<Record<string, number>> = {
  'db.t4g.medium': 2,
  'db.r7g.large': 8,
  'db.r7g.xlarge': 16,
  'db.r7g.2xlarge': 32,
  'db.r7g.4xlarge': 64,
};

/** @throws ToolError where the templates have no ingest, or a class of database without a known capacity */
export function readPath(stacks: readonly CostedStack[]): PathSettings {
  const resources = resourcesOf(stacks);
  const found = ingestOf(resources);
  if (!found) throw new ToolError('templates: expected a function that a stream invokes, got none; choose an assembly with all stacks');
  const shape = shapeOf(resources);
  const { mapping, ingest } = found;
  const reserved = numberAt(ingest.properties, ['ReservedConcurrentExecutions'], Number.NaN);
  return {
    stream: {
      shards: shape.streamMode === 'provisioned' ? (shape.shards ?? 1) : undefined,
      retentionSeconds: shape.streamHours * 3600,
      readers: readersOf(resources),
    },
    ingest: {
      parallel: shape.ingestParallel,
      batchRecords: numberAt(mapping.properties, ['BatchSize'], 100),
      batchSeconds: shape.ingestSeconds,
      maxAgeSeconds: maxAgeOf(mapping),
      concurrency: Number.isNaN(reserved) ? undefined : reserved,
    },
    database: capacityOf(resources, shape),
  };
}

/** -1 is no limit. */
function maxAgeOf({ properties }: Resource): number {
  const seconds = numberAt(properties, ['MaximumRecordAgeInSeconds'], -1);
  return seconds < 0 ? Number.POSITIVE_INFINITY : seconds;
}

/** The ingest, and each delivery that reads the stream; fan-out consumers have reads of their own. */
function readersOf(resources: readonly Resource[]): number {
  const deliveries = resources.filter(
    ({ type, properties }) => type === 'AWS::KinesisFirehose::DeliveryStream' && properties.DeliveryStreamType === 'KinesisStreamAsSource',
  );
  const fanOut = resources.filter(({ type }) => type === 'AWS::Kinesis::StreamConsumer');
  return Math.max(1, 1 + deliveries.length - fanOut.length);
}

function capacityOf(resources: readonly Resource[], { minAcu, maxAcu }: { readonly minAcu: number; readonly maxAcu: number }) {
  const instance = resources.find(({ type }) => type === 'AWS::RDS::DBInstance');
  const name = String(instance?.properties.DBInstanceClass ?? 'db.serverless');
  if (name === 'db.serverless') return { minAcu, maxAcu };
  const acu = acuOfClass[name];
  if (acu === undefined) {
    const known = Object.keys(acuOfClass).join(', ');
    throw new ToolError(`templates: expected a database of class db.serverless, ${known}, got ${name}; extend the simulation`);
  }
  return { minAcu: acu, maxAcu: acu };
}
