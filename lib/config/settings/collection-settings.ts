// The `collection` part of a configuration file: the way of a hit from the internet to the database.
import { z } from 'zod';
import { fleetSettings } from './fleet-settings';

const stream = z.strictObject({
  mode: z
    .enum(['on-demand', 'provisioned'])
    .default('on-demand')
    .describe(
      'How the stream of hits is paid and grows: by itself, to twice its highest traffic of 30 days within 15 minutes, or with a fixed number of ' +
        '`shards`. Changing it is an update, at most twice in 24 hours.',
    ),
  shards: z
    .int()
    .min(2)
    .max(500)
    .optional()
    .describe(
      'Shards of a provisioned stream, each for 1 MB or 1000 records a second; needed with `mode: provisioned` and only there. Changing it is ' +
        'an update, at most to twice or half of what there is.',
    ),
});

const ingest = z.strictObject({
  batchRecords: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe('Most records of the stream that are stored at once; each holds up to 500 hits, and a batch has 6 MB at most.'),
  batchSeconds: z
    .int()
    .min(0)
    .max(60)
    .default(1)
    .describe('Longest wait for a batch to fill, in seconds: how much later hits are in the database for fewer transactions.'),
  parallel: z
    .int()
    .min(1)
    .max(10)
    .default(2)
    .describe('Batches of each shard that are stored at the same time; each takes two connections of the database proxy.'),
});

/** Every key has a safe default. */
export const collectionSettings = z.strictObject({
  stream: stream
    .prefault({})
    .describe('The stream that keeps hits for 7 days on their way from collectors to the database and the archive. (TOM-5.1)'),
  ingest: ingest.prefault({}).describe('How hits are stored in the database. (TOM-5.1)'),
  ...fleetSettings,
});
