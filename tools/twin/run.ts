// The command npm run twin: starts the twin, generates the requested traffic, and stops the twin in order.
import { randomInt } from 'node:crypto';
import { readTwinOptions, type TwinOptions, type TwinValues } from './options';
import { type Printer, printerFor } from './printer';
import { Stopping } from './stopping';
import { isWhole, play } from './traffic/play';
import { startTwin, type Twin } from './twin';
import { TwinError } from './twin-error';

/** Runs until it is stopped. @returns the exit code @throws UsageError for wrong flags */
export async function runTwin(values: TwinValues): Promise<number> {
  const options = readTwinOptions(values, () => randomInt(2 ** 31));
  // Each client of the SDK would print the warning; the deployed functions run on a newer Node.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  // A reader may close the pipe (npm run twin | head); the twin runs until it is stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const printer = printerFor(options.json, process.stdout, process.stderr);
  const stopping = new Stopping(() => printer.forced());
  try {
    return await run(options, printer, stopping);
  } catch (error) {
    if (stopping.signal.aborted && error === stopping.signal.reason) {
      printer.stopped();
      return 0;
    }
    if (!(error instanceof TwinError)) throw error;
    printer.failed(error.message);
    return 1;
  } finally {
    stopping.end();
  }
}

async function run(options: TwinOptions, printer: Printer, stopping: Stopping): Promise<number> {
  const began = performance.now();
  let lost: unknown;
  const report = {
    progress: (what: string) => printer.progress(what, (performance.now() - began) / 1000),
    lost: (error: unknown) => {
      lost ??= error;
      stopping.stop();
    },
  };
  const twin = await startTwin(options, report, stopping.signal);
  printer.ready({
    page: twin.page,
    collector: twin.collector.address,
    folder: twin.folder,
    keep: options.keep,
    seconds: (performance.now() - began) / 1000,
  });
  if (options.seconds !== undefined) stopping.stopAfter(options.seconds);
  let whole = true;
  try {
    whole = await playOn(twin, options, printer, stopping);
  } finally {
    printer.stopping();
    await twin.stop();
  }
  if (lost !== undefined) throw lost instanceof Error ? new TwinError(lost.message) : lost;
  printer.stopped();
  return whole ? 0 : 1;
}

/** Generates the requested traffic until the twin is stopped; true if no hit was lost. */
async function playOn(twin: Twin, { traffic, seed, chaos }: TwinOptions, printer: Printer, stopping: Stopping): Promise<boolean> {
  if (traffic === 0) {
    await stopping.stopped;
    return true;
  }
  printer.traffic(traffic, seed, chaos);
  const report = { counts: printer.counts, incident: printer.incident, draining: printer.draining };
  const played = await play(twin, { perSecond: traffic, seed, chaos }, report, stopping.signal, stopping.forced);
  printer.played(played, isWhole(played));
  return isWhole(played);
}
