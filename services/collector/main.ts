// The collector as a process: reads its environment, tells what it does as JSON lines, ends in order or at once.
import { readEnvironment } from './env';
import { Collector } from './program';
import { reportToOutput as report } from './report';

/** Exit codes: stopped with something left on the disk, hits for the next process or what is kept for people; and a defect. */
const leftOver = 3;
const defect = 1;
/** Seconds after the bound of a graceful stop at which the process ends in any case. */
const grace = 5;

// A defect leaves the program in a state that nobody has thought of. What was answered is on the disk: the next process takes it up.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    report('crashed', { error: error instanceof Error ? error.stack : String(error) });
    process.exit(defect);
  });
}
// Whoever reads the lines may go; the hits matter more.
process.stdout.on('error', () => undefined);

async function main(): Promise<void> {
  const settings = readEnvironment(process.env);
  // Asked to stop while it starts, it starts and stops: what an earlier process left is shipped all the same.
  const starting = Collector.start(settings, report);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    report('stopping', { seconds: settings.stopSeconds });
    setTimeout(() => process.exit(leftOver), (settings.stopSeconds + grace) * 1000).unref();
    const stopped = starting.then((collector) => collector.stop());
    stopped.then(
      (empty) => {
        report('stopped', { empty });
        process.exit(empty ? 0 : leftOver);
      },
      // One that did not start is told below; one that cannot stop ends in time.
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
  process.exit(defect);
});
