// Runs the app of bin/rempart.ts once for each place that it reads from its standard input, all in one process, which
// loads the libraries once. new-deployment.test.ts runs it.
import { readFileSync } from 'node:fs';
import type { AppOutcome, AppPlace } from './in-turn';

const app = require.resolve('../../bin/rempart.ts');
const waiting = JSON.parse(readFileSync(0, 'utf8')) as AppPlace[];
const outcomes: AppOutcome[] = [];

let output = '';
const print = process.stdout.write.bind(process.stdout);
const collect = (chunk: string | Uint8Array): boolean => {
  output += String(chunk);
  return true;
};
process.stdout.write = collect;
process.stderr.write = collect;

function start(): void {
  const place = waiting.shift();
  if (!place) {
    process.off('beforeExit', end);
    process.exitCode = 0;
    print(JSON.stringify(outcomes));
    return;
  }
  output = '';
  process.exitCode = 0;
  process.chdir(place.cwd);
  Object.assign(process.env, place.env);
  // The file runs again; what it imports stays loaded.
  delete require.cache[app];
  require(app);
  // `beforeExit` follows again only if there was something to do.
  setImmediate(() => undefined);
}

/** Nothing is left to do: the app has ended. */
function end(): void {
  outcomes.push({ status: Number(process.exitCode ?? 0), output });
  start();
}

process.on('beforeExit', end);
start();
