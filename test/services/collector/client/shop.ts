// The web server of a site: pages that include the built script, as the site serves it itself.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientScript } from '../../../../tools/develop/build-client/bundle';

export interface Shop {
  readonly address: string;
  close(): Promise<void>;
}

const page = '<!doctype html><html lang="en"><title>Shop</title><script src="/rempart.js"></script>';

export async function startShop(): Promise<Shop> {
  const script = clientScript();
  const server = createServer(({ url }, answer) => {
    const isScript = url === '/rempart.js';
    answer.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html; charset=utf-8' }).end(isScript ? script : page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
