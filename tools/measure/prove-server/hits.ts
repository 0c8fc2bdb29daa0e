// Hits as the load balancer passes them on, each with a number of its own, and what became of them.
import { request } from 'node:http';
import { parseHit } from '../../../runtime/hit';

/** The site of the proof, as hits name it. */
export const siteKey = 'acme';

export class Hits {
  /** Numbers of hits that were answered 204. */
  readonly answered = new Set<number>();
  /** Records that the ingest would reject. */
  invalid = 0;
  private readonly delivered = new Set<number>();
  private sent = 0;

  /** Answered, and not yet in the stream. */
  get missing(): readonly number[] {
    return [...this.answered].filter((number) => !this.delivered.has(number));
  }

  /** Takes a record as the ingest does: JSON lines. */
  readonly take = (record: Buffer): void => {
    for (const line of record.toString().split('\n').filter(Boolean)) {
      const parsed = parseHit(Buffer.from(line), new Date());
      if ('hit' in parsed) this.delivered.add(Number(JSON.parse(parsed.hit.fields ?? '{}').n));
      else this.invalid++;
    }
  };

  /** Sends hits one after the other; gives the statuses other than 204. */
  async send(port: number, count: number): Promise<readonly string[]> {
    const others: string[] = [];
    for (let turn = 0; turn < count; turn++) {
      const number = this.sent++;
      const fields = { n: String(number) };
      const hit = JSON.stringify({ site: siteKey, kind: 'page', url: `https://www.example.com/${number}`, fields });
      const { status, body } = await exchange(port, 'POST', '/hit', hit).catch((error: unknown) => ({ status: 0, body: String(error) }));
      if (status === 204) this.answered.add(number);
      else others.push(`${status} ${body}`);
    }
    return others;
  }
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

const milliseconds = 30_000;

/** One request to the collector, as the load balancer makes it. */
export function exchange(port: number, method: string, path: string, body = ''): Promise<Reply> {
  const headers = { 'x-forwarded-for': '192.0.2.7', 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
    });
    outgoing.setTimeout(milliseconds, () => outgoing.destroy(new Error(`no answer within ${milliseconds / 1000} seconds`)));
    outgoing.on('error', reject).end(body);
  });
}
