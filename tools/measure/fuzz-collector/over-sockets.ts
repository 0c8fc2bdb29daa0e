// Fuzzes the real program over sockets: several inputs per connection, in pieces, then the end of the client's side.
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { type Findings, isAllowedStatus } from './findings';
import { type Input, Inputs } from './inputs';
import type { SentHit } from './lax';

/** Longest wait for the server to answer and close, on a slow machine; above the server's time limits. */
const closeMilliseconds = 60_000;

export interface SocketFuzz {
  readonly port: number;
  readonly requests: number;
  readonly connections: number;
  readonly random: () => number;
  /** Milliseconds since 1970 at which to stop early. */
  readonly until: number;
  readonly findings: Findings;
  /** Gets the lax hits, by their markers, before they are sent. */
  readonly sent: Map<string, SentHit>;
  /** Called after each connection. */
  readonly progress: () => void;
}

export async function fuzzOverSockets(fuzz: SocketFuzz): Promise<void> {
  const inputs = new Inputs(fuzz.random);
  await Promise.all(Array.from({ length: fuzz.connections }, () => sendAll(fuzz, inputs)));
}

async function sendAll(fuzz: SocketFuzz, inputs: Inputs): Promise<void> {
  const { findings } = fuzz;
  while (findings.requests < fuzz.requests && Date.now() < fuzz.until) {
    const honest = inputs.below(8) === 0;
    const script = Array.from({ length: 1 + inputs.below(8) }, () => (honest ? honestInput(inputs) : inputs.next()));
    for (const { kind, sent } of script) {
      findings.kind(kind);
      // Behind other inputs it may not be read.
      if (honest && sent !== undefined) fuzz.sent.set(sent.marker, sent);
    }
    const sent = Buffer.concat(script.map(({ bytes }) => bytes));
    const { text, ended } = await converse(fuzz.port, sent, fuzz.random);
    check(findings, script, sent, text, ended, honest);
    fuzz.progress();
  }
}

const honestInput = (inputs: Inputs): Input =>
  inputs.below(2) === 0 ? inputs.laxHit() : { kind: 'valid', bytes: Buffer.from(inputs.valid(), 'latin1') };

function check(findings: Findings, script: readonly Input[], sent: Buffer, text: string, ended: boolean, honest: boolean): void {
  const answers = parseAnswers(text);
  if (answers === undefined) findings.found(`unreadable answers: ${JSON.stringify(text.slice(0, 400))}`, sent);
  for (const status of answers ?? []) {
    if (status === 100) continue;
    findings.status(status);
    if (!isAllowedStatus(status) || status === 503) findings.found(`answered ${status}`, sent);
  }
  if (!ended) findings.found('neither answered in full nor closed', sent);
  if (honest && (answers?.length !== script.length || answers.some((status) => status >= 300))) {
    findings.found(`${script.length} valid requests were answered ${answers?.join() ?? 'unreadably'}`, sent);
  }
}

/** Sends everything, in pieces, and reads until the server has closed its side. */
async function converse(port: number, sent: Buffer, random: () => number): Promise<{ text: string; ended: boolean }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  const parts: Buffer[] = [];
  let failure: string | undefined;
  socket.on('data', (part) => void parts.push(part));
  socket.on('error', (error) => {
    failure = error.message;
  });
  const ended = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), closeMilliseconds);
    const done = () => {
      clearTimeout(timer);
      resolve(true);
    };
    socket.on('end', done);
    socket.on('close', done);
  });
  for (let at = 0; at < sent.length && failure === undefined; ) {
    const size = random() < 0.7 ? sent.length : 1 + Math.floor(random() ** 3 * sent.length);
    socket.write(sent.subarray(at, at + size));
    at += size;
    if (at < sent.length) await turn();
  }
  socket.end();
  const result = { ended: await ended, text: Buffer.concat(parts).toString('latin1') };
  socket.destroy();
  return result;
}

/** Statuses of consecutive answers; undefined if there is other text among them. */
export function parseAnswers(text: string): number[] | undefined {
  const statuses: number[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\r\n\r\n', at);
    const head = text.slice(at, end);
    const status = Number(/^HTTP\/1\.1 (\d{3}) [A-Za-z ]+\r?(\n|$)/.exec(head)?.[1]);
    if (end < 0 || Number.isNaN(status)) return undefined;
    const length = Number(/^content-length: (\d+)\r?$/im.exec(head)?.[1] ?? 0);
    statuses.push(status);
    at = end + 4 + length;
    // The answer to HEAD has no body, whatever its length: the next answer follows at once.
    if (status === 405 && text.startsWith('HTTP/1.1 ', end + 4)) at = end + 4;
    if (at > text.length) return status === 405 || status === 404 ? statuses : undefined;
  }
  return statuses;
}
