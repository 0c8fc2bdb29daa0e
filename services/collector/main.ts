// The collector as a process: reads its environment, logs events as JSON lines, stops gracefully or within a time
// limit.
import { readEnvironment } from './env';
import { Collector } from './program';
import { reportToOutput as report } from './report';

/** Exit code of a stop with data on the disk: hits for the next process, or data that was set aside. */
const exitWithData = 3;
/** Exit code of a defect. */
const exitWithDefect = 1;
/** Seconds after the time limit of a graceful stop at which the process ends in any case. */
const grace = 5;

// A defect leaves the program in an unknown state. Answered hits are on the disk, and the next process delivers them.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    report('crashed', { error: error instanceof Error ? error.stack : String(error) });
    process.exit(exitWithDefect);
  });
}
// A closed standard output must not end the process.
process.stdout.on('error', () => undefined);

async function main(): Promise<void> {
  const settings = readEnvironment(process.env);
  // A stop during the start waits for the start, so that hits of an earlier process are delivered.
  const starting = Collector.start(settings, report);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    report('stopping', { seconds: settings.stopSeconds });
    setTimeout(() => process.exit(exitWithData), (settings.stopSeconds + grace) * 1000).unref();
    const stopped = starting.then((collector) => collector.stop());
    stopped.then(
      (empty) => {
        report('stopped', { empty });
        process.exit(empty ? 0 : exitWithData);
      },
      // A failed start is reported below; a failed stop ends by the timer.
      () => undefined,
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const collector = await starting;
  report('listening', { port: collector.port });
}

main().catch((error: unknown) => {
  report('not-started', { error: error instanceof Error ? error.message : String(error) });
  process.exit(exitWithDefect);
});
