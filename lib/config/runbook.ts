// Where the runbook is, and how an alarm names its entry there.
import type { Site } from './site';

/** The runbook of this repository, to which alarms refer where the configuration has no `alarms.runbook`. */
export const runbookPath = 'docs/runbook.md';

/** The anchor of a heading that is one word: renderers of Markdown write it in lower case. */
export const anchorOf = (heading: string): string => heading.toLowerCase();

/** The runbook entry of an alarm, as in `docs/runbook.md#hitsrefused`. */
export const runbookEntry = ({ settings }: Site, alarm: string): string => `${settings.alarms.runbook ?? runbookPath}#${anchorOf(alarm)}`;
