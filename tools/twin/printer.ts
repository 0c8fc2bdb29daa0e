// What the twin says: text for people, on standard output and, of its progress, on standard error; or one JSON object a line.
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
  const say = (text: string) => void stdout.write(`${text}\n`);
  const aside = (text: string) => void stderr.write(`${text}\n`);
  return {
    progress: (what, seconds) => aside(`${seconds.toFixed(1).padStart(5)} s  ${what}`),
    ready({ page, collector, folder, keep, seconds }) {
      say(`The twin is ready after ${round(seconds)} s.`);
      say(`status page   ${page}`);
      say(`collector     ${collector}`);
      say(`data          ${folder} (${keep ? 'kept' : 'removed at the end'})`);
      say('Ctrl-C stops it.');
    },
    traffic: (perSecond, seed, chaos) => say(`traffic       ${perSecond} requests a second, seed ${seed}${chaos ? ', with chaos' : ''}`),
    counts: (counts) => say(countLine(counts)),
    incident: (what) => say(`chaos         ${what}`),
    draining: () => say('No more traffic; waiting for what is on its way ...'),
    played: (played, whole) => say(playedText(played, whole)),
    stopping: () => aside('Stopping ...'),
    forced: () => aside('Stopping at once; what is left is cleared away in the background.'),
    stopped: () => say('Stopped.'),
    failed: aside,
  };
}

const countLine = ({ answered, stored, waiting, lost, sent }: Counts): string =>
  `hits          ${answered} answered, ${stored} stored, ${waiting} waiting, ${lost} lost; ${sent.turnedAway} turned away, ${sent.refusedBad} bad requests refused`;

function playedText({ answered, stored, lost, unanswered, refused, doubled, drained, incidents, sent }: Played, whole: boolean): string {
  const lines = [
    `answered      ${answered} hits of ${sent.requests} requests${incidents > 0 ? `, through ${incidents} incidents` : ''}`,
    `stored        ${stored}`,
    `lost          ${lost}`,
    `turned away   ${sent.turnedAway} hits with 503 or nobody there; ${sent.refusedBad} bad requests refused as they must be`,
    `broken        ${sent.broken} hits without an answer, of which ${unanswered} are stored`,
  ];
  if (sent.skipped > 0) lines.push(`not sent      ${sent.skipped} requests: too many were under way`);
  if (doubled > 0) lines.push(`doubled       ${doubled}`);
  if (refused > 0) lines.push(`refused       ${refused} hits are stored though they were refused`);
  if (answered === 0 && sent.turnedAway > 0) lines.push('nothing taken the collector turned every hit away; its /health says why');
  if (sent.wrong > 0) lines.push(`wrong         ${sent.wrong} answers; the first: ${sent.firstWrong ?? ''}`);
  if (!drained) lines.push('Not all of it had gone through in time.');
  lines.push(whole ? 'What was accepted arrived.' : 'Something is wrong: see above.');
  return lines.join('\n');
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10;
