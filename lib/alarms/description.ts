// What people read when an alarm is raised: what is wrong, how urgent it is, and where the runbook has it.
import type { AlarmId } from '../config/names';
import { runbookEntry } from '../config/runbook';
import type { Site } from '../config/site';

/** `page`: act now. `ticket`: act within a working day. `none`: nobody is notified. */
export type Severity = 'page' | 'ticket' | 'none';

/** CloudWatch takes descriptions of up to 1,024 characters ("PutMetricAlarm"). */
const longest = 1024;

/**
 * The description of an alarm: `<what is wrong> Severity: <severity>. Runbook: <entry>`.
 * @throws where it is not of that form, or longer than CloudWatch takes
 */
export function describe(site: Site, alarm: AlarmId, severity: Severity, what: string): string {
  const sentences = what.split(/(?<=[.]) (?=[A-Z])/);
  if (!/^[A-Z].*\.$/.test(what) || sentences.length > 2) {
    throw new Error(`alarm ${alarm}: expected a description of one or two sentences, got "${what}"; state what is wrong`);
  }
  const description = `${what} Severity: ${severity}. Runbook: ${runbookEntry(site, alarm)}`;
  if (description.length > longest) {
    throw new Error(`alarm ${alarm}: expected at most ${longest} characters, got ${description.length}; shorten it or alarms.runbook`);
  }
  return description;
}
