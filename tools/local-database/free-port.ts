// A port of this machine that nobody listens at.
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Free when it is asked for: whoever gets it listens at once. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await once(probe.listen(0, '127.0.0.1'), 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string')
    throw new Error(`free port: expected an address with a port, got ${address}; try again`);
  return address.port;
}
