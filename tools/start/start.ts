// The command npm start: reads the flags, checks the deployment, prints the result and sets the exit code; then runs
// the twin.
import { readOptions, UsageError, usage } from './options';
import { asJson, asText, errorAsJson } from './output';
import { run, type Surroundings } from './run';

/**
 * Runs the command; resolves to its exit code: 0 nothing is broken, 1 something is broken or the check failed, 2 wrong
 * flags.
 */
export async function start(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  try {
    const options = readOptions(args);
    if (options.help) {
      stdout.write(usage);
      return 0;
    }
    const status = await report(options, surroundings);
    if (options.check || options.json) return status;
    if (status === 0) return await surroundings.twin(options.twin);
    stderr.write('The twin is not started, because something is broken. npm run twin starts it anyway.\n');
    return status;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    stderr.write(`${error.message}\n\n${usage}`);
    if (args.includes('--json')) stdout.write(errorAsJson(error.message));
    return 2;
  }
}

async function report(options: ReturnType<typeof readOptions>, surroundings: Surroundings): Promise<0 | 1> {
  const { stdout, stderr, env } = surroundings;
  const { deployment, site, json } = options;
  try {
    const outcome = await run({ deployment, site }, surroundings);
    const color = options.color && stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
    stdout.write(json ? asJson(outcome) : asText(outcome, { width: widthOf(stdout.columns), color }));
    return outcome.ok ? 0 : 1;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    stderr.write(`${message}\n`);
    if (json) stdout.write(errorAsJson(message));
    return 1;
  }
}

/** The width of the terminal, within readable bounds; 120 elsewhere. */
function widthOf(columns: number | undefined): number {
  return Math.min(160, Math.max(80, columns ?? 120));
}
