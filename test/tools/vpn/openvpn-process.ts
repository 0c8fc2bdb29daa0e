// OpenVPN of this machine as server and client, without a network device and without privileges.
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';

/** Folders besides those of PATH: a user's PATH lacks that of administrators' programs. */
const administratorFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The path of OpenVPN; undefined if there is none. */
export function openvpnPath(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...administratorFolders];
  return folders.map((folder) => join(folder, 'openvpn')).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** No network device, and no commands that would set one up. */
const withoutDevice = ['--dev', 'null', '--ifconfig-noexec', '--route-noexec'];

/** One run of OpenVPN, with its log. */
class Run {
  log = '';
  readonly exited: Promise<unknown>;
  private readonly child: ChildProcess;
  private readonly waiting = new Set<() => void>();

  constructor(path: string, args: readonly string[]) {
    this.child = spawn(path, [...args, ...withoutDevice], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.log += text.toString('utf8');
        for (const check of this.waiting) check();
      });
    }
    this.exited = once(this.child, 'close').then(() => {
      for (const check of this.waiting) check();
    });
  }

  /** Waits until the log has one of the patterns, or the process has ended; the match. */
  async until(pattern: RegExp): Promise<RegExpExecArray | null> {
    return new Promise((resolve) => {
      const check = () => {
        const found = pattern.exec(this.log);
        if (!found && this.child.exitCode === null && this.child.signalCode === null) return;
        this.waiting.delete(check);
        resolve(found);
      };
      this.waiting.add(check);
      check();
    });
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

export interface ServerFiles {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  readonly list: string;
}

export interface Handshake {
  /** Whether both sides completed the handshake and the client received its options. */
  readonly connected: boolean;
  /** Log of the server, then of the client. */
  readonly logs: readonly [server: string, client: string];
}

const completed = 'Initialization Sequence Completed';

/** What a client writes last: it writes the options of the data channel after it has completed the sequence. */
const clientEnds = new RegExp(`${completed}[^]*Data Channel: |VERIFY \\w*\\s?ERROR|TLS Error: |Options error: `);

/** Starts a server on a free port, connects a client with the profile of that port, and stops both. */
export async function handshake(path: string, files: ServerFiles, profileOf: (port: number) => Promise<string>): Promise<Handshake> {
  const port = await freePort();
  const server = new Run(path, [
    ...['--tls-server', '--proto', 'udp', '--local', '127.0.0.1', '--port', String(port), '--dh', 'none'],
    ...['--ca', files.authority, '--cert', files.certificate, '--key', files.key, '--crl-verify', files.list],
    ...['--data-ciphers', 'AES-256-GCM', '--keepalive', '2', '20', '--verb', '3'],
  ]);
  try {
    if (!(await server.until(/UDPv4 link remote: /))) throw new Error(`openvpn: expected a server, got its end\n${server.log}`);
    const client = new Run(path, ['--config', await profileOf(port), '--connect-retry-max', '1', '--hand-window', '20']);
    try {
      await Promise.race([client.until(clientEnds), server.until(/VERIFY ERROR: .*/)]);
      const connected = client.log.includes(completed) && server.log.includes('Peer Connection Initiated');
      return { connected, logs: [server.log, client.log] };
    } finally {
      await client.stop();
    }
  } finally {
    await server.stop();
  }
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  socket.close();
  await once(socket, 'close');
  return port;
}
