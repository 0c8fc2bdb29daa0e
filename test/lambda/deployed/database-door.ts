// A mock of RDS Proxy, and of the cluster's own door: asks for TLS, then for an IAM token or the master's password,
// and hands the connection to a local server.
import { connect, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { localPassword } from '../../../tools/local-database/aurora';
import type { ServerCertificate } from './certificate';

export interface DatabaseDoor {
  readonly port: number;
  /** Roles that came in, in their order. */
  readonly admitted: string[];
  close(): Promise<void>;
}

/** The only role that signs in by password. */
export const master = 'rempart_admin';

/** Codes of "Message Formats" of the PostgreSQL manual. */
const sslRequest = 80_877_103;
const cleartextPassword = 3;

export async function openDoor(serverPort: number, certificate: ServerCertificate): Promise<DatabaseDoor> {
  const admitted: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // A client that breaks off is the client's affair.
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
    admit(socket, serverPort, certificate).then(
      (user) => void admitted.push(user),
      () => socket.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  return {
    port,
    admitted,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function admit(socket: Socket, serverPort: number, { certificate, key }: ServerCertificate): Promise<string> {
  const request = await packet(socket, 0);
  if (request.readInt32BE(4) !== sslRequest) throw new Error('a client without TLS');
  socket.write('S');
  const client = new TLSSocket(socket, { isServer: true, cert: certificate, key, minVersion: 'TLSv1.2' });
  client.on('error', () => socket.destroy());
  const startup = await packet(client, 0);
  const user = /(?:^|\0)user\0([^\0]+)/.exec(startup.toString('latin1', 8))?.[1] ?? '';
  client.write(message('R', int32(cleartextPassword)));
  const password = (await packet(client, 1)).toString('utf8', 5).replace(/\0$/, '');
  if (!mayEnter(user, password)) {
    client.end(message('E', Buffer.from(`SFATAL\0C28P01\0Mthe door does not know the password of ${user}\0\0`)));
    throw new Error('refused');
  }
  const upstream = connect(serverPort, '127.0.0.1');
  upstream.on('error', () => client.destroy());
  upstream.write(startup);
  // The server asks for its own password, which is the door's affair.
  await packet(upstream, 1);
  upstream.write(message('p', Buffer.from(`${localPassword}\0`)));
  client.pipe(upstream).pipe(client);
  upstream.once('close', () => client.destroy());
  client.once('close', () => upstream.destroy());
  return user;
}

/**
 * A token is a signed URL without scheme that names the role ("Connecting to your DB cluster using IAM
 * authentication").
 */
function mayEnter(user: string, password: string): boolean {
  if (user === master) return password === localPassword;
  const token = new URL(`https://${password}`).searchParams;
  return token.get('Action') === 'connect' && token.get('DBUser') === user && token.has('X-Amz-Signature');
}

/** Reads one packet off the stream, whose length stands after `kind` bytes, and leaves the rest on it. */
function packet(stream: Socket, kind: 0 | 1): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const start = stream.read() as Buffer | null;
      if (start === null) return;
      const length = start.length >= kind + 4 ? start.readInt32BE(kind) + kind : Number.POSITIVE_INFINITY;
      if (start.length < length) return void stream.unshift(start);
      stream.off('readable', look);
      if (start.length > length) stream.unshift(start.subarray(length));
      resolve(start.subarray(0, length));
    };
    stream.on('readable', look).once('close', () => reject(new Error('closed')));
    look();
  });
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const message = (kind: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(kind), int32(body.length + 4), body]);
