// One instance of a function, as a process of its own: loads the bundle that is named, says so, then answers one event after the other.
import { createRequire } from 'node:module';

/** An event to handle. */
export interface Invocation {
  readonly event: unknown;
  /** Milliseconds until the function's end. */
  readonly milliseconds: number;
}

export type Told = { readonly ready: true } | { readonly result: unknown } | { readonly error: string };

const told = (error: unknown): Told => ({ error: text(error) });

/** An error with those that it is made of. */
function text(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const parts = error instanceof AggregateError ? `: ${error.errors.map(text).join('; ')}` : '';
  return `${error.name}: ${error.message}${parts}`;
}

const tell = (what: Told) => process.send?.(what);

function load(bundle: string): void {
  try {
    const { handler } = createRequire(__filename)(bundle);
    process.on('message', ({ event, milliseconds }: Invocation) => {
      const end = Date.now() + milliseconds;
      const context = { awsRequestId: 'request', logGroupName: 'log', getRemainingTimeInMillis: () => end - Date.now() };
      Promise.resolve()
        .then(() => handler(event, context))
        .then(
          (result) => tell({ result: result ?? null }),
          (error) => tell(told(error)),
        );
    });
    tell({ ready: true });
  } catch (error) {
    tell(told(error));
  }
}

// Lives as long as the test's end of the channel.
process.once('disconnect', () => process.exit(0));
load(process.argv[2] ?? '');
