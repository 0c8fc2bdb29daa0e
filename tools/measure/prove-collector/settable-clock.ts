// A clock of the day for the program alone, which is set while it runs.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `libfaketime` (Debian package of this name): the clock of the C library, for all of the process. `injected`: the
 * class Date of JavaScript, without any package. Durations of the kernel and of timers stay as they are in both.
 */
export type ClockKind = 'libfaketime' | 'injected';

export interface SettableClock {
  readonly kind: ClockKind;
  /** Variables of the program's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Sets the clock, by seconds ahead of the time. Takes effect within {@link settleMilliseconds}. */
  set(seconds: number): void;
}

export const settleMilliseconds = 1_500;

const machines = ['x86_64', 'aarch64'];
const library = machines.map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`).find((path) => existsSync(path));

/** The kind that this machine has. */
export const availableClock = (): ClockKind => (library === undefined ? 'injected' : 'libfaketime');

/** Replaces Date in the program: reads the seconds from the file ten times a second. */
const injection = (file: string) => `
const { readFileSync } = require('node:fs');
const Machine = Date;
let ahead = 0;
const read = () => { ahead = (Number.parseInt(readFileSync(${JSON.stringify(file)}, 'utf8'), 10) || 0) * 1000; };
read();
setInterval(read, 100).unref();
globalThis.Date = class Date extends Machine {
  constructor(...given) { if (given.length === 0) super(Machine.now() + ahead); else super(...given); }
  static now() { return Machine.now() + ahead; }
};
`;

/** @param folder holds the setting */
export function settableClock(folder: string, kind: ClockKind): SettableClock {
  const file = join(folder, 'clock');
  const set = (seconds: number) => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  set(0);
  if (kind === 'injected') {
    const script = join(folder, 'clock.cjs');
    writeFileSync(script, injection(file));
    return { kind, set, environment: { NODE_OPTIONS: `--require=${script}` } };
  }
  if (library === undefined) throw new Error('clock: expected libfaketime, got none; install the Debian package libfaketime');
  return {
    ...{ kind, set },
    environment: {
      ...{ LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_CACHE_DURATION: '1' },
      // Under both names that versions of the library have.
      ...{ FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1', FAKETIME_DISABLE_SHM: '1' },
    },
  };
}
