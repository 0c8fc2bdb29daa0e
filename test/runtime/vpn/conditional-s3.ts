// s3rver behind a proxy that adds the conditions of writes, which s3rver does not read: If-Match and If-None-Match, as
// "How to prevent object overwrites with conditional writes" of the S3 user guide has them.
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';

/** s3rver has no types of its own. */
const S3rver = require('s3rver') as new (options: object) => { run(): Promise<{ port: number }>; close(): Promise<void> };

export interface ConditionalS3 {
  readonly client: S3Client;
  /** Number of writes that were refused. */
  readonly conflicts: () => number;
  close(): Promise<void>;
}

export async function startConditionalS3(directory: string, bucket: string): Promise<ConditionalS3> {
  const s3 = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets: [{ name: bucket, configs: [] }] });
  const { port } = await s3.run();
  const proxy = new ConditionProxy(port);
  const server: Server = createServer((from, to) => void proxy.pass(from, to).catch((error) => to.destroy(error)));
  // A request that waits for others must not lose its connection, nor meet one that is about to close.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new S3Client({ region: 'eu-west-3', endpoint, forcePathStyle: true, credentials, maxAttempts: 1 });
  return {
    client,
    conflicts: () => proxy.conflicts,
    async close() {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await s3.close();
    },
  };
}

/**
 * Requests pass one after another: a condition and its write are one step, and no read meets half of a write, as in
 * S3; s3rver never ends a read that does.
 */
class ConditionProxy {
  conflicts = 0;
  private readonly tags = new Map<string, string>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly port: number) {}

  pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const done = this.last.then(() => (from.method === 'PUT' ? this.write(from, to) : this.read(from, to)));
    this.last = done.catch(() => undefined);
    return done;
  }

  private async write(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const path = new URL(from.url ?? '', 'http://s3').pathname;
    const { 'if-match': match, 'if-none-match': noneMatch } = from.headers;
    const tag = this.tags.get(path);
    if ((match !== undefined && match !== tag) || (noneMatch === '*' && tag !== undefined)) {
      this.conflicts++;
      from.resume();
      to.writeHead(412, { 'content-type': 'application/xml' });
      to.end('<?xml version="1.0"?><Error><Code>PreconditionFailed</Code><Message>changed</Message></Error>');
      return;
    }
    await this.forward(from, to, (written) => this.tags.set(path, written));
  }

  private read(from: IncomingMessage, to: ServerResponse): Promise<void> {
    if (from.method === 'DELETE') this.tags.delete(new URL(from.url ?? '', 'http://s3').pathname);
    return this.forward(from, to);
  }

  private forward(from: IncomingMessage, to: ServerResponse, written: (tag: string) => void = () => undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const { method, url, headers } = from;
      const onward = request({ host: '127.0.0.1', port: this.port, method, path: url, headers, agent: false }, (answer) => {
        if (answer.statusCode === 200 && answer.headers.etag) written(answer.headers.etag);
        to.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(to).on('close', resolve);
      });
      onward.on('error', reject);
      from.pipe(onward);
    });
  }
}
