// The deployed functions in a process of their own: ingest, delivery to the archive, and the site snapshot, each
// invoked as by AWS.
//
// Argument: the FunctionsPlace of functions.ts, as JSON. Prints a line with its figures twice a second.
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { processEvent } from '../../../lambda/ingest/ingest/process';
import { publishSites } from '../../../lambda/ingest/site-snapshot/publish';
import { Archive, archiveClient } from './archive';
import { openCheckpoints } from './checkpoints';
import { contextKeyIn, openDatabase } from './database';
import { EventSource } from './event-source';
import { FileObjects } from './file-objects';
import type { FunctionsPlace, FunctionsState } from './functions';

/** Firehose buffers for minutes; the twin for seconds. */
const archiveBatch = 500;
const archiveWindow = 3000;
/** Timeout of the deployed function in milliseconds (lib/ingest/hit-ingest.ts). */
const invocationTime = 300_000;
/** Milliseconds between two snapshots; a minute in the deployed stack. */
const snapshotPause = 2000;
const statePause = 500;

async function run(place: FunctionsPlace): Promise<void> {
  const key = await contextKeyIn(place.folder);
  const application = openDatabase(place.databasePort, 'rempart_application', key, 4);
  const maintenance = openDatabase(place.databasePort, 'rempart_maintenance', key, 2);
  const state = { snapshots: 0 };
  // The functions log each call; the twin counts in the database instead.
  console.info = () => undefined;

  const deadLetters = new FileObjects(join(place.folder, 'dead-letters'));
  const ingest = new EventSource({
    endpoint: place.streamEndpoint,
    stream: place.stream,
    batchSize: place.batchRecords,
    window: place.batchSeconds * 1000,
    checkpoints: await openCheckpoints(join(place.folder, 'ingest-checkpoints.json')),
    call: (event) => {
      const end = Date.now() + invocationTime;
      return processEvent(event, { database: application, deadLetters, remaining: () => end - Date.now(), now: () => new Date() });
    },
  });
  const archive = new Archive(archiveClient(place.archiveEndpoint));
  const delivery = new EventSource({
    endpoint: place.streamEndpoint,
    stream: place.stream,
    batchSize: archiveBatch,
    window: archiveWindow,
    checkpoints: await openCheckpoints(join(place.folder, 'archive-checkpoints.json')),
    call: (event) => archive.deliver(event),
  });
  const settings = new FileObjects(join(place.folder, 'settings'));
  const publish = async () => {
    await publishSites(maintenance, settings);
    state.snapshots++;
  };
  await publish();
  await Promise.all([ingest.start(), delivery.start()]);
  print({ event: 'ready' });
  await Promise.all([forEver(publish, snapshotPause), forEver(async () => print({ event: 'state', ...stateOf() }), statePause)]);

  function stateOf(): FunctionsState {
    return {
      waiting: ingest.waiting(),
      age: ingest.age(),
      emptyReads: ingest.emptyReads(),
      failures: ingest.failures,
      archiveWaiting: delivery.waiting(),
      archiveFailures: delivery.failures,
      archivedObjects: archive.objects,
      archivedHits: archive.hits,
      ...state,
    };
  }
}

const print = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);

/** Repeats the work, also after a failure: a part that is away comes back. */
async function forEver(work: () => Promise<void>, pause: number): Promise<never> {
  for (;;) {
    await setTimeout(pause);
    await work().catch((error) => console.error(error));
  }
}

run(JSON.parse(process.argv[2] ?? '{}')).catch((error) => {
  console.error(error);
  process.exit(1);
});
