// A collector on a socket, with a sink in memory.
import { parseHit } from '../../../../runtime/hit';
import { createHitHandler } from '../../../../services/collector/hits/handler';
import { Client, type Running, serve } from '../http/wire';
import { now } from './set-up';
import { directory, MemorySink } from './sites';

export interface WireAnswer {
  readonly status: number;
  readonly body: string;
  /** All of it. */
  readonly text: string;
}

/** Starts the collector before the tests of a file, and empties its sink before each. */
export function collectorOnSocket() {
  const sink = new MemorySink();
  let running: Running;
  beforeAll(async () => {
    const count = () => undefined;
    const metrics = { kept: count, repaired: count, refuse: count, rejected: count, text: () => '' };
    const health = () => ({ ok: true, reasons: [] });
    running = await serve({
      handler: createHitHandler({ sink, sites: directory, clientAddress: 'x-forwarded-for', health, metrics, now: () => now }),
    });
  });
  afterAll(() => running.server.stop(0));
  beforeEach(() => void sink.lines.splice(0));

  async function answerTo(request: string): Promise<WireAnswer> {
    const client = new Client(running.port);
    const answers = await client.send(request).answers(1);
    client.socket.destroy();
    const { status = 0, body = '' } = answers.at(-1) ?? {};
    return { status, body, text: client.text };
  }

  /** The hits without what every hit has; each line is one that the database takes. */
  function kept(): readonly unknown[] {
    for (const line of sink.lines) expect(parseHit(Buffer.from(line), new Date(now))).toEqual({ hit: expect.anything() });
    return sink.hits.map(({ site, keyVersion, ...rest }) => rest);
  }

  return { answerTo, kept };
}
