// Browsers and servers that send numbered hits and record the answers.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** The answer to a hit. `cut`: the connection ended without one. */
export type Outcome = 'answered' | 'refused' | 'cut' | 'unexpected';

export interface LoadOptions {
  readonly port: number;
  readonly site: string;
  readonly connections: number;
  readonly random: () => number;
  /** Longest pause of a sender between two requests, in milliseconds. */
  readonly pause: number;
}

export class Load {
  /** Outcome of each hit, by its number. */
  readonly outcomes: Outcome[] = [];
  /** Number of each status. */
  readonly statuses = new Map<number, number>();
  /** Padding of each hit, in bytes. */
  padding = 0;
  /** Longest pause of a sender between two requests, in milliseconds. */
  pause: number;
  /** Numbers of hits that were sent and whose exchange has not ended. */
  private readonly open = new Set<number>();
  private readonly agent: Agent;
  private running = true;
  private workers: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: LoadOptions) {
    this.pause = options.pause;
    this.agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  }

  start(): void {
    this.workers = Promise.all(Array.from({ length: this.options.connections }, () => this.work()));
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.workers;
    this.agent.destroy();
  }

  /** Whether a hit was sent and its exchange has ended, by an answer or a cut. */
  isSettled(number: number): boolean {
    return number < this.outcomes.length && !this.open.has(number);
  }

  count(outcome: Outcome): number {
    return this.outcomes.reduce((count, one) => count + Number(one === outcome), 0);
  }

  private async work(): Promise<void> {
    const { random } = this.options;
    while (this.running) {
      const kind = random();
      const outcome = await (kind < 0.6 ? this.one() : kind < 0.85 ? this.pixel() : this.batch());
      // A sender that was refused or not answered waits before its next request.
      await sleep(outcome === 'answered' ? random() * this.pause : 20 + random() * 30);
    }
  }

  private one(): Promise<Outcome> {
    const number = this.next();
    return this.send('POST', '/hit', [number], JSON.stringify({ site: this.options.site, ...this.hit(number) }));
  }

  private pixel(): Promise<Outcome> {
    const number = this.next();
    const query = `site=${this.options.site}&kind=page&url=https%3A%2F%2Fwww.example.com%2F${number}&f.n=${number}`;
    return this.send('GET', `/hit.gif?${query}`, [number]);
  }

  private batch(): Promise<Outcome> {
    const numbers = Array.from({ length: 1 + Math.floor(this.options.random() * 20) }, () => this.next());
    return this.send('POST', '/hits', numbers, JSON.stringify(numbers.map((number) => ({ site: this.options.site, ...this.hit(number) }))));
  }

  private next(): number {
    const number = this.outcomes.push('cut') - 1;
    this.open.add(number);
    return number;
  }

  private hit = (number: number) => ({
    kind: 'page',
    url: `https://www.example.com/${number}`,
    fields: { n: String(number), ...(this.padding > 0 ? { padding: 'x'.repeat(this.padding) } : {}) },
  });

  private async send(method: string, path: string, numbers: readonly number[], body?: string): Promise<Outcome> {
    const status = await this.exchange(method, path, body).catch(() => 0);
    const outcome = status === 0 ? 'cut' : status === 503 ? 'refused' : status === 200 || status === 204 ? 'answered' : 'unexpected';
    if (status > 0) this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    for (const number of numbers) {
      this.outcomes[number] = outcome;
      this.open.delete(number);
    }
    return outcome;
  }

  /**
   * The status; 299 for a partly refused batch, which is answered 200 with a body and must not occur: all hits are
   * valid.
   */
  private exchange(method: string, path: string, body: string | undefined): Promise<number> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port: this.options.port, agent: this.agent, method, path, headers }, (answer) => {
        const partly = path === '/hits' && answer.statusCode === 200;
        answer.resume().on('end', () => resolve(partly ? 299 : (answer.statusCode ?? 0)));
        answer.on('error', reject);
      });
      outgoing.setTimeout(30_000, () => outgoing.destroy(new Error('no answer')));
      outgoing.on('error', reject).end(body);
    });
  }
}
