// One line of a log of the load balancer, redacted. Pure. (TOM-4.13)
import { redactAccessLine } from './access-line';
import { redactConnectionLine } from './connection-line';
import type { RedactedLine } from './redacted-line';

/** Logs of the load balancer: the folders that it lands them in. */
export type Log = 'access' | 'connection';

/** The line that is stored for a line of a log: exactly one. */
export const redactLine = (log: Log, line: string, paths: readonly string[]): RedactedLine =>
  log === 'access' ? redactAccessLine(line, paths) : redactConnectionLine(line);
