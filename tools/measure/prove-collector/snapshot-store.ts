// The store of the site snapshot, in the protocol of S3: one object, with its ETag and the Date of each response.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SnapshotStore {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the snapshot as any object. */
export async function startStore(snapshot: string): Promise<SnapshotStore> {
  const tag = '"1"';
  const server = createServer((request, response) => {
    const unchanged = request.headers['if-none-match'] === tag;
    const fields = { ETag: tag, 'Last-Modified': 'Sat, 28 Nov 2026 12:00:00 GMT' };
    response.writeHead(unchanged ? 304 : 200, fields).end(unchanged ? undefined : snapshot);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port: (server.address() as AddressInfo).port, close };
}
