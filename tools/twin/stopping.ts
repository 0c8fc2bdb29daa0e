// Stops the twin on a signal: in order at the first, at once at the second.

/**
 * Milliseconds in which a second signal counts as the first: npm forwards a signal that the terminal has sent to both.
 */
const sameSignal = 800;

export class Stopping {
  private readonly controller = new AbortController();
  private readonly force = new AbortController();
  private readonly handlers = new Map<NodeJS.Signals, () => void>();
  private timer: NodeJS.Timeout | undefined;
  private since = 0;
  /** Resolves at the first signal. */
  readonly stopped: Promise<void>;

  /** @param onForce is called at the second signal, just before the process ends; the janitor then cleans up */
  constructor(onForce: () => void) {
    this.stopped = new Promise((resolve) => this.signal.addEventListener('abort', () => resolve(), { once: true }));
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const handler = () => this.onSignal(onForce);
      this.handlers.set(name, handler);
      process.on(name, handler);
    }
  }

  /** Aborted at the first signal. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Aborted at the second signal. */
  get forced(): AbortSignal {
    return this.force.signal;
  }

  stop(): void {
    if (this.signal.aborted) return;
    this.since = Date.now();
    this.controller.abort();
  }

  stopAfter(seconds: number): void {
    this.timer = setTimeout(() => this.stop(), seconds * 1000);
  }

  /** Removes the signal handlers. */
  end(): void {
    clearTimeout(this.timer);
    for (const [name, handler] of this.handlers) process.off(name, handler);
  }

  private onSignal(onForce: () => void): void {
    if (!this.signal.aborted) {
      this.stop();
      return;
    }
    if (Date.now() - this.since < sameSignal) return;
    this.force.abort();
    onForce();
    process.exit(130);
  }
}
