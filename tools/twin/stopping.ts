// How the twin is told to stop: once in order, a second time at once.

/** Milliseconds in which a second signal counts as the first: npm hands on to its program what the terminal has sent to both. */
const sameSignal = 800;

export class Stopping {
  private readonly controller = new AbortController();
  private readonly force = new AbortController();
  private readonly handlers = new Map<NodeJS.Signals, () => void>();
  private timer: NodeJS.Timeout | undefined;
  private since = 0;
  /** Resolves when it is to stop. */
  readonly stopped: Promise<void>;

  /** @param force is called at the second signal, just before the process ends; what is left then is cleared away by the janitor */
  constructor(onForce: () => void) {
    this.stopped = new Promise((resolve) => this.signal.addEventListener('abort', () => resolve(), { once: true }));
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const handler = () => this.hear(onForce);
      this.handlers.set(name, handler);
      process.on(name, handler);
    }
  }

  /** Aborted when it is to stop. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Aborted when it is to stop at once. */
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

  /** Hears no more. */
  end(): void {
    clearTimeout(this.timer);
    for (const [name, handler] of this.handlers) process.off(name, handler);
  }

  private hear(onForce: () => void): void {
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
