// The description of an alarm in its notification: failure, severity and runbook entry.
import type { AlarmId } from '../config/names';
import { runbookEntry } from '../config/runbook';
import type { Site } from '../config/site';

/** `page`: act now. `ticket`: act within a working day. `none`: no notification. */
export type Severity = 'page' | 'ticket' | 'none';

/** Maximum length of a description in CloudWatch ("PutMetricAlarm"). */
const longest = 1024;

/**
 * The description of an alarm: `<failure> Severity: <severity>. Runbook: <entry>`.
 * @throws if `failure` is not one or two sentences, or the description is longer than CloudWatch allows
 */
export function alarmDescription(site: Site, alarm: AlarmId, severity: Severity, failure: string): string {
  const sentences = failure.split(/(?<=[.]) (?=[A-Z])/);
  if (!/^[A-Z].*\.$/.test(failure) || sentences.length > 2) {
    throw new Error(`alarm ${alarm}: expected a description of one or two sentences, got "${failure}"; describe the failure`);
  }
  const description = `${failure} Severity: ${severity}. Runbook: ${runbookEntry(site, alarm)}`;
  if (description.length > longest) {
    throw new Error(`alarm ${alarm}: expected at most ${longest} characters, got ${description.length}; shorten it or alarms.runbook`);
  }
  return description;
}
