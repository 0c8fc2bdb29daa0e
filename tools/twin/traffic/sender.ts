// Sends planned requests to the collector at a rate, over persistent connections, and records each answer.
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { fate, type Ledger } from './ledger';
import type { PlannedRequest } from './plan';

export interface SenderCounts {
  requests: number;
  /** Bad requests, refused as expected. */
  refusedBad: number;
  /** Hits answered 503, or with a refused connection. */
  turnedAway: number;
  /** Hits whose connection broke. */
  broken: number;
  /** Unexpected answers; must be 0. */
  wrong: number;
  /** Requests not sent because too many were open. */
  skipped: number;
  /** The first unexpected answer, for diagnosis. */
  firstWrong?: string;
}

export interface SenderOptions {
  readonly address: () => string;
  readonly plan: Iterator<PlannedRequest, unknown>;
  readonly perSecond: number;
  readonly ledger: Ledger;
}

/** Most open requests, about as many as from a load balancer to one server. */
const mostOpen = 256;
const tick = 20;
const timeout = 15_000;

export class Sender {
  readonly counts: SenderCounts = { requests: 0, refusedBad: 0, turnedAway: 0, broken: 0, wrong: 0, skipped: 0 };
  private readonly agent = new Agent({ keepAlive: true, maxSockets: mostOpen });
  private open = new Set<Promise<void>>();

  constructor(private readonly options: SenderOptions) {}

  /** Sends until the signal, then waits for the outstanding answers. */
  async run(signal: AbortSignal): Promise<void> {
    const began = performance.now();
    let due = 0;
    while (!signal.aborted) {
      const target = ((performance.now() - began) / 1000) * this.options.perSecond;
      for (; due < target; due++) this.sendNext();
      await setTimeout(tick, undefined, { signal }).catch(() => undefined);
    }
    await Promise.all(this.open);
    this.agent.destroy();
  }

  private sendNext(): void {
    if (this.open.size >= mostOpen) {
      this.counts.skipped++;
      return;
    }
    const planned: PlannedRequest = this.options.plan.next().value as PlannedRequest;
    this.counts.requests++;
    const sending = this.send(planned).finally(() => this.open.delete(sending));
    this.open.add(sending);
  }

  private async send(planned: PlannedRequest): Promise<void> {
    const answer = await exchange(this.agent, this.options.address(), planned);
    if (typeof answer === 'string') {
      const away = answer === 'ECONNREFUSED';
      this.options.ledger.note(planned.hits, away ? fate.refused : fate.unknown);
      if (away) this.counts.turnedAway += planned.hits.length;
      else this.counts.broken += planned.hits.length;
      return;
    }
    this.recordAnswer(planned, answer);
  }

  private recordAnswer(planned: PlannedRequest, { status, body }: Answer): void {
    const { ledger } = this.options;
    const { hits, fault } = planned;
    if (status === 503) {
      this.counts.turnedAway += hits.length;
      ledger.note(hits, fate.refused);
    } else if (fault !== undefined) {
      if (status >= 400 && status < 500) this.counts.refusedBad++;
      else this.recordWrong(planned, status, body);
    } else if (status === 200 && body.includes('"rejected"')) {
      const rejected = new Set((JSON.parse(body) as { rejected: { index: number }[] }).rejected.map(({ index }) => index));
      ledger.note(
        hits.filter((_, index) => !rejected.has(index)),
        fate.answered,
      );
      this.recordWrong(planned, status, body);
    } else if (status === 200 || status === 204) ledger.note(hits, fate.answered);
    else {
      ledger.note(hits, fate.refused);
      this.recordWrong(planned, status, body);
    }
  }

  private recordWrong({ method, path, fault = 'a good request' }: PlannedRequest, status: number, body: string): void {
    this.counts.wrong++;
    this.counts.firstWrong ??= `${fault}: ${method} ${path.slice(0, 80)} was answered ${status} ${body.slice(0, 200)}`;
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The answer, or the code of the error instead of one. */
function exchange(agent: Agent, address: string, { method, path, headers, body }: PlannedRequest): Promise<Answer | string> {
  return new Promise((resolve) => {
    const sent = request(`${address}${path}`, { method, agent, headers, timeout }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', () => resolve('ECONNRESET'));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'ECONNRESET'));
    if (body !== undefined) sent.setHeader('content-length', Buffer.byteLength(body));
    sent.end(body);
  });
}
