// A free port of this machine.
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port that is free now: the caller must listen on it at once. */
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
