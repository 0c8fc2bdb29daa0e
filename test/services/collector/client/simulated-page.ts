// A page in memory that runs the built script: its clock, its network and its stores are the test's.
import { createContext, Script } from 'node:vm';
import type { Client, ClientOptions } from '../../../../services/collector/client/options';
import { clientScript } from '../../../../tools/develop/build-client/bundle';

const script = new Script(clientScript());

/** A request of the page, which waits for an answer of the test. */
export interface PendingRequest {
  readonly url: string;
  readonly keepalive: boolean;
  readonly hits: readonly SentHit[];
  /** Answers with a status; without one, the connection is cut. */
  answer(status?: number, retryAfter?: string): Promise<void>;
}

export type SentHit = Readonly<Record<string, unknown>> & { readonly id: string };

export interface Settings {
  readonly navigator?: object;
  readonly localStorage?: Record<string, string> | Error;
  /** Answer of `sendBeacon`. @default true */
  readonly beacon?: boolean;
  readonly random?: number;
  readonly url?: string;
  readonly referrer?: string;
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

export class SimulatedPage {
  /** Milliseconds since 1970. */
  now = Date.parse('2026-03-15T12:00:00.000Z');
  readonly requests: PendingRequest[] = [];
  readonly beacons: (readonly SentHit[])[] = [];
  readonly navigator: Record<string, unknown>;
  readonly document: { referrer: string; hidden: boolean };
  readonly location: { href: string };
  private readonly listeners = new Map<string, ((event: { type: string }) => void)[]>();
  private timers: { readonly id: number; readonly at: number; readonly work: () => void }[] = [];
  private lastTimer = 0;
  private readonly window: { readonly rempart?: (options: ClientOptions) => Client };

  constructor(settings: Settings = {}) {
    const { beacon = true, random = 0.5, localStorage = {} } = settings;
    const sendBeacon = (_: string, body: string) => {
      this.beacons.push(JSON.parse(body));
      return beacon;
    };
    this.navigator = { onLine: true, sendBeacon, doNotTrack: null, ...settings.navigator };
    this.document = { referrer: settings.referrer ?? '', hidden: false };
    this.location = { href: settings.url ?? 'https://shop.example/' };
    const now = () => this.now;
    const window = {
      ...{ navigator: this.navigator, document: this.document, location: this.location, crypto, TextEncoder, AbortSignal },
      Date: class extends Date {
        constructor() {
          super(now());
        }
        static override now = now;
      },
      Math: Object.assign(Object.create(Math), { random: () => random }),
      fetch: (url: string, request: { body: string; keepalive: boolean }) => this.take(url, request),
      addEventListener: (name: string, listener: (event: { type: string }) => void) =>
        this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]),
      setTimeout: (work: () => void, milliseconds: number) => {
        this.timers.push({ id: ++this.lastTimer, at: this.now + milliseconds, work });
        return this.lastTimer;
      },
      clearTimeout: (id: number) => {
        this.timers = this.timers.filter((timer) => timer.id !== id);
      },
    };
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        if (localStorage instanceof Error) throw localStorage;
        return localStorage;
      },
    });
    Object.assign(window, { self: window });
    script.runInContext(createContext(window));
    this.window = window as { rempart?: (options: ClientOptions) => Client };
  }

  start(options: Partial<ClientOptions> = {}): Client {
    const { rempart } = this.window;
    if (!rempart) throw new Error('page: expected the script to set rempart, got nothing');
    return rempart({ collector: 'https://collect.example', site: 'acme', ...options });
  }

  /** Lets time pass, with the timers in their order. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    for (;;) {
      await settled();
      const due = this.timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
      if (!due) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.now = Math.max(this.now, due.at);
      due.work();
    }
    this.now = end;
  }

  fire(type: 'visibilitychange' | 'pagehide' | 'online'): void {
    for (const listener of this.listeners.get(type) ?? []) listener({ type });
  }

  /** Hides the page, as the change to another tab does. */
  hide(): void {
    this.document.hidden = true;
    this.fire('visibilitychange');
  }

  show(): void {
    this.document.hidden = false;
    this.fire('visibilitychange');
  }

  /** The last request, which must be the only one since the last call. */
  async request(): Promise<PendingRequest> {
    await settled();
    const [one, ...more] = this.requests.splice(0);
    if (!one || more.length > 0) throw new Error(`page: expected one request, got ${more.length + (one ? 1 : 0)}`);
    return one;
  }

  private take(url: string, { body, keepalive }: { body: string; keepalive: boolean }): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const answer = (status?: number, retryAfter?: string) => {
        const headers = { get: (name: string) => (name === 'Retry-After' ? (retryAfter ?? null) : null) };
        if (status === undefined) reject(new TypeError('Failed to fetch'));
        else resolve({ status, headers });
        return settled();
      };
      this.requests.push({ url, keepalive, hits: JSON.parse(body), answer });
    });
  }
}
