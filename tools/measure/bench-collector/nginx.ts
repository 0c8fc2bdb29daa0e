// nginx as a subject, twice: a server that logs the body of each request, and one that answers 204 without reading it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../local-database/free-port';
import { childrenOf } from './processes';

export interface Nginx {
  readonly emptyPort: number;
  readonly loggingPort: number;
  /** Master and worker. */
  readonly pids: readonly number[];
  close(): Promise<void>;
}

/**
 * One worker. nginx reads `$request_body` only for a request that it proxies; the cheapest upstream is a server of the
 * same worker over a Unix socket with keep-alive (nginx, "ngx_http_core_module", `$request_body`). The log is buffered
 * to 64 kB and written without fsync.
 */
const configuration = (folder: string, emptyPort: number, loggingPort: number) => `
worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
  client_body_in_single_buffer on; client_body_buffer_size 64k; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  log_format body escape=json '$time_iso8601 $remote_addr $request_body';
  upstream empty { server unix:${folder}/socket; keepalive 1024; keepalive_requests 1000000000; }
  server { listen 127.0.0.1:${emptyPort} backlog=4096; return 204; }
  server { listen unix:${folder}/socket backlog=4096; return 204; }
  server {
    listen 127.0.0.1:${loggingPort} backlog=4096; access_log ${folder}/body.log body buffer=64k flush=1s;
    location / { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://empty; }
  }
}
`;

export async function startNginx(): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'rempart-nginx-'));
  const [emptyPort, loggingPort] = [await freePort(), await freePort()];
  const file = join(folder, 'nginx.conf');
  // The worker keeps the user of this process, so that it can use the folder.
  writeFileSync(file, `user ${process.getuid?.() === 0 ? 'root' : 'nobody'};${configuration(folder, emptyPort, loggingPort)}`);
  const master = spawn('nginx', ['-p', folder, '-c', file], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => master.on('exit', () => resolve()));
  const pid = master.pid ?? 0;
  let children: number[] = [];
  for (let tries = 0; children.length === 0 && tries < 500 && master.exitCode === null; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    children = childrenOf(pid);
  }
  if (children.length === 0) throw new Error(`nginx: expected a worker, got none; see nginx -t -c ${file}`);
  const close = async () => {
    master.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { emptyPort, loggingPort, pids: [pid, ...children], close };
}
