// Output of the twin: text for people, with its progress on standard error; or JSON, one object per line.
import type { Counts, Played } from './traffic/play';

export interface Ready {
  readonly page: string;
  readonly collector: string;
  readonly folder: string;
  readonly keep: boolean;
  readonly seconds: number;
}

export interface Printer {
  readonly progress: (what: string, seconds: number) => void;
  readonly ready: (ready: Ready) => void;
  readonly traffic: (perSecond: number, seed: number, chaos: boolean) => void;
  readonly counts: (counts: Counts) => void;
  readonly incident: (what: string) => void;
  readonly draining: () => void;
  readonly played: (played: Played, whole: boolean) => void;
  readonly stopping: () => void;
  readonly forced: () => void;
  readonly stopped: () => void;
  readonly failed: (message: string) => void;
}

interface Output {
  write(text: string): unknown;
}

export function printerFor(json: boolean, stdout: Output, stderr: Output): Printer {
  return json ? jsonPrinter(stdout, stderr) : textPrinter(stdout, stderr);
}

function jsonPrinter(stdout: Output, stderr: Output): Printer {
  const print = (event: string, facts: object = {}) => void stdout.write(`${JSON.stringify({ event, ...facts })}\n`);
  return {
    progress: (what, seconds) => print('starting', { what, seconds: round(seconds) }),
    ready: (ready) => print('ready', { ...ready, seconds: round(ready.seconds) }),
    traffic: (perSecond, seed, chaos) => print('traffic', { perSecond, seed, chaos }),
    counts: (counts) => print('counts', counts),
    incident: (what) => print('incident', { what }),
    draining: () => print('draining'),
    played: (played, whole) => print('played', { whole, ...played }),
    stopping: () => print('stopping'),
    forced: () => print('forced'),
    stopped: () => print('stopped'),
    failed(message) {
      print('failed', { message });
      stderr.write(`${message}\n`);
    },
  };
}

function textPrinter(stdout: Output, stderr: Output): Printer {
  const print = (text: string) => void stdout.write(`${text}\n`);
  const printAside = (text: string) => void stderr.write(`${text}\n`);
  return {
    progress: (what, seconds) => printAside(`${seconds.toFixed(1).padStart(5)} s  ${what}`),
    ready({ page, collector, folder, keep, seconds }) {
      print(`The twin is ready after ${round(seconds)} s.`);
      print(`status page   ${page}`);
      print(`collector     ${collector}`);
      print(`data          ${folder} (${keep ? 'kept' : 'removed at the end'})`);
      print('Ctrl-C stops it.');
    },
    traffic: (perSecond, seed, chaos) => print(`traffic       ${perSecond} requests a second, seed ${seed}${chaos ? ', with chaos' : ''}`),
    counts: (counts) => print(countLine(counts)),
    incident: (what) => print(`chaos         ${what}`),
    draining: () => print('No more traffic; waiting for the hits on their way ...'),
    played: (played, whole) => print(playedText(played, whole)),
    stopping: () => printAside('Stopping ...'),
    forced: () => printAside('Stopping at once; cleanup continues in the background.'),
    stopped: () => print('Stopped.'),
    failed: printAside,
  };
}

const countLine = ({ answered, stored, waiting, lost, sent }: Counts): string =>
  `hits          ${answered} answered, ${stored} stored, ${waiting} waiting, ${lost} lost; ${sent.turnedAway} turned away, ${sent.refusedBad} bad requests refused`;

function playedText({ answered, stored, lost, unanswered, refused, doubled, drained, incidents, sent }: Played, whole: boolean): string {
  const lines = [
    `answered      ${answered} hits of ${sent.requests} requests${incidents > 0 ? `, through ${incidents} incidents` : ''}`,
    `stored        ${stored}`,
    `lost          ${lost}`,
    `turned away   ${sent.turnedAway} hits with 503 or a refused connection; ${sent.refusedBad} bad requests refused as expected`,
    `broken        ${sent.broken} hits without an answer, of which ${unanswered} are stored`,
  ];
  if (sent.skipped > 0) lines.push(`not sent      ${sent.skipped} requests: too many were open`);
  if (doubled > 0) lines.push(`doubled       ${doubled}`);
  if (refused > 0) lines.push(`refused       ${refused} hits are stored although they were refused`);
  if (answered === 0 && sent.turnedAway > 0) lines.push('none accepted the collector rejected every hit; its /health returns the reason');
  if (sent.wrong > 0) lines.push(`wrong         ${sent.wrong} answers; the first: ${sent.firstWrong ?? ''}`);
  if (!drained) lines.push('Some hits were still on their way at the time limit.');
  lines.push(whole ? 'Every accepted hit arrived.' : 'Something is wrong: see above.');
  return lines.join('\n');
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10;
