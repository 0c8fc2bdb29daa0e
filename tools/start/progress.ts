// Tells on stderr that work is under way: one line that updates itself on a terminal, plain lines elsewhere.

/** Where progress is written. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const clearLine = '\r\u001b[2K';
const interval = 200;

/** Runs `work` and shows that it runs. Leaves nothing on a terminal behind. */
export async function withProgress<Result>(
  what: string,
  stream: ProgressStream,
  options: { readonly live: boolean; readonly seconds: () => number },
  work: () => Promise<Result>,
): Promise<Result> {
  if (!options.live) {
    stream.write(`${what} ...\n`);
    return work();
  }
  const start = options.seconds();
  const show = (): void => {
    stream.write(`${clearLine}${what} ... ${Math.floor(options.seconds() - start)} s`);
  };
  show();
  const timer = setInterval(show, interval);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    stream.write(clearLine);
  }
}
