// The `collection` part of a configuration file: the path of a hit from the internet to the database.
import { z } from 'zod';
import { fleetSettings } from './fleet-settings';

const stream = z.strictObject({
  mode: z
    .enum(['on-demand', 'provisioned'])
    .default('on-demand')
    .describe(
      'Capacity mode of the stream of hits. On-demand scales to twice the highest traffic of 30 days within 15 minutes; provisioned has a ' +
        'fixed number of `shards`, costs less under a steady load, and keeps hits of a higher one on the disks of the collectors. ' +
        'Changing it is an update, at most twice in 24 hours. (TOM-6.9)',
    ),
  shards: z
    .int()
    .min(2)
    .max(500)
    .optional()
    .describe(
      'Number of shards of a provisioned stream, each for 1 MB or 1000 records per second; only with `mode: provisioned`, which requires it. ' +
        'Changing it is an update, at most to twice or half of the current number.',
    ),
});

const ingest = z.strictObject({
  batchRecords: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe('Maximum number of records of the stream in one batch; a record holds up to 500 hits, and a batch is at most 6 MB.'),
  batchSeconds: z
    .int()
    .min(0)
    .max(60)
    // The cheaper one: no clause promises a hit in the database within a second.
    .default(5)
    .describe(
      'Longest time, in seconds, to wait for a full batch, by which hits reach the database later. A longer time stores the hits of a site ' +
        'together: fewer transactions, and fewer pages for the export to the lake to read. (TOM-5.1)',
    ),
  parallel: z
    .int()
    .min(1)
    .max(10)
    .default(2)
    .describe('Number of batches of each shard that are stored concurrently; each uses two connections of the database proxy.'),
});

/** Every key has a safe default. */
export const collectionSettings = z.strictObject({
  stream: stream
    .prefault({})
    .describe('The stream that keeps hits for 7 days on their way from collectors to the database and the archive. (TOM-5.1)'),
  ingest: ingest.prefault({}).describe('Storage of hits in the database. (TOM-5.1)'),
  ...fleetSettings,
});
