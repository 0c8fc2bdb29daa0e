// One instance of a function in its own process: loads a bundle, reports that it is ready, then handles one event
// after the other. What a deployed function finds around it, on this machine: its bundle in a process, a database
// behind a door with TLS and IAM tokens,
import { createRequire } from 'node:module';
import { provideZstd } from '../../../tools/local-database/zstd';

/** An event to handle. */
export interface Invocation {
  readonly event: unknown;
  /** Milliseconds until the function's timeout. */
  readonly milliseconds: number;
}

export type InstanceMessage = ({ readonly ready: true } | { readonly result: unknown } | { readonly error: string }) & {
  /** Objects that the function has logged since the last message: lines of its log, whose fields become metrics. */
  readonly logged?: readonly unknown[];
};

const failure = (error: unknown): InstanceMessage => ({ error: text(error) });

/** The text of an error and of its parts. */
function text(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const parts = error instanceof AggregateError ? `: ${error.errors.map(text).join('; ')}` : '';
  return `${error.name}: ${error.message}${parts}`;
}

const logged: unknown[] = [];
console.info = (...values: readonly unknown[]) => void logged.push(...values);

const send = (message: InstanceMessage) => process.send?.({ ...message, logged: logged.splice(0) });

function load(bundle: string): void {
  try {
    const { handler } = createRequire(__filename)(bundle);
    process.on('message', ({ event, milliseconds }: Invocation) => {
      const end = Date.now() + milliseconds;
      const context = { awsRequestId: 'request', logGroupName: 'log', getRemainingTimeInMillis: () => end - Date.now() };
      Promise.resolve()
        .then(() => handler(event, context))
        .then(
          (result) => send({ result: result ?? null }),
          (error) => send(failure(error)),
        );
    });
    send({ ready: true });
  } catch (error) {
    send(failure(error));
  }
}

// Ends with the test's end of the channel.
process.once('disconnect', () => process.exit(0));
// Lambda's version of Node.js has it.
void provideZstd().then(() => load(process.argv[2] ?? ''));
