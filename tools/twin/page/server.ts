// Serves the status page on loopback: the page, its style and script, its figures, and the form that sends sample
// hits.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { TwinSite } from '../parts/sites';
import { TwinError } from '../twin-error';
import type { ClauseTable } from './clauses';
import { headers } from './headers';
import type { Live } from './live';
import { statusPage } from './page';
import type { SamplesSent } from './samples';

export interface PageServer {
  /** As in `http://127.0.0.1:40001`. */
  readonly address: string;
  close(): Promise<void>;
}

export interface PageSource {
  readonly live: () => Live;
  readonly sites: readonly TwinSite[];
  readonly clauses: () => ClauseTable;
  readonly collector: string;
  readonly sendSamples: (site: string) => Promise<SamplesSent>;
}

const icon = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 15V4h3v2h2V4h4v2h2V4h3v11z" fill="#0b5cad"/></svg>';
/** Largest form, in bytes. */
const formLimit = 4096;

/** @param port 0 for any that is free */
export async function servePage(source: PageSource, port: number): Promise<PageServer> {
  const server = createServer((request, response) => {
    answer(source, request, response).catch((error) => {
      if (!response.headersSent) send(response, 500, 'text/plain', `the page could not be rendered: ${error}\n`);
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(port, error)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = server.address();
  return {
    address: `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portError(port: number, error: NodeJS.ErrnoException): Error {
  if (error.code === 'EADDRINUSE')
    return new TwinError(`--port: expected a free port, got ${port}, which another program uses; choose another, or leave it out`);
  if (error.code === 'EACCES')
    return new TwinError(`--port: expected a port that you may use, got ${port}; choose one above 1023, or leave it out`);
  return error;
}

async function answer(source: PageSource, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', headers: sent } = request;
  // Another name that resolves to this machine belongs to another site ("DNS rebinding").
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(sent.host ?? '')) {
    return send(response, 421, 'text/plain', 'host: expected 127.0.0.1 or localhost, got another; use the address that the twin printed\n');
  }
  const url = new URL(request.url ?? '/', 'http://twin');
  if (url.pathname === '/sample') return method === 'POST' ? takeForm(source, request, response) : refuseMethod(response, 'POST');
  if (method !== 'GET' && method !== 'HEAD') return refuseMethod(response, 'GET, HEAD');
  switch (url.pathname) {
    case '/':
      return send(response, 200, 'text/html; charset=utf-8', pageOf(source, url));
    case '/live.json':
      return send(response, 200, 'application/json', JSON.stringify(source.live()));
    case '/twin.css':
      return send(response, 200, 'text/css; charset=utf-8', readFileSync(join(__dirname, 'twin.css')));
    case '/twin.js':
      return send(response, 200, 'text/javascript; charset=utf-8', readFileSync(join(__dirname, 'twin.js')));
    case '/icon.svg':
      return send(response, 200, 'image/svg+xml', icon);
    default:
      return send(response, 404, 'text/plain', 'path: expected /, got another; use the address that the twin printed\n');
  }
}

function pageOf({ live, sites, clauses, collector }: PageSource, { searchParams }: URL): string {
  const site = sites.find(({ key }) => key === searchParams.get('site'));
  const [answered, refused] = ['answered', 'refused'].map((name) => /^\d{1,3}$/.exec(searchParams.get(name) ?? '')?.[0] ?? '0');
  const message = site && {
    chosen: site.key,
    message: `Sample hits for ${site.name}: ${answered} accepted by the collector, ${refused} not. Accepted hits are stored in a moment.`,
  };
  return statusPage({ live: live(), sites, clauses: clauses(), collector, ...message });
}

async function takeForm(source: PageSource, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isSameOrigin(request)) {
    return send(
      response,
      403,
      'text/plain',
      'origin: expected a form of this page, got another; open the status page and use its button\n',
    );
  }
  const form = new URLSearchParams(await bodyOf(request));
  const site = source.sites.find(({ key }) => key === form.get('site'));
  if (!site)
    return send(response, 400, 'text/plain', "site: expected the key of one of the twin's sites, got another; choose one from the list\n");
  const { answered, refused } = await source.sendSamples(site.key);
  response.setHeader('location', `/?site=${site.key}&answered=${answered}&refused=${refused}`);
  send(response, 303, 'text/plain', 'see the status page\n');
}

/** Browsers send the origin of a form; a request without one is refused too. (TOM-4.12) */
function isSameOrigin({ headers: sent }: IncomingMessage): boolean {
  const { origin, host } = sent;
  const fetchSite = sent['sec-fetch-site'];
  if (fetchSite !== undefined && fetchSite !== 'same-origin') return false;
  return origin === `http://${host}` || (origin === undefined && fetchSite === 'same-origin');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > formLimit) return '';
  }
  return text;
}

function refuseMethod(response: ServerResponse, allow: string): void {
  response.setHeader('allow', allow);
  send(response, 405, 'text/plain', `method: expected ${allow}, got another\n`);
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { ...headers, 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
