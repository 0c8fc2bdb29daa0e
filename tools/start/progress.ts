// Tells on stderr that work is under way: one line that updates itself on a terminal, plain lines elsewhere.

/** Where progress is written. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  /** Width of the terminal. */
  readonly columns?: number;
  write(text: string): unknown;
}

const clearLine = '\r\u001b[2K';
/** Milliseconds between two looks at the clock. */
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
  let shown = '';
  const show = (): void => {
    const text = fitLine(what, ` ... ${Math.floor(options.seconds() - start)} s`, stream.columns);
    if (text === shown) return;
    shown = text;
    stream.write(`${clearLine}${text}`);
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

/** A line that wraps cannot be cleared; one that fills the last column wraps on some terminals. The end, which changes, stays whole. */
function fitLine(what: string, end: string, columns: number | undefined): string {
  return columns ? `${what.slice(0, Math.max(0, columns - 1 - end.length))}${end}`.slice(0, columns - 1) : `${what}${end}`;
}
