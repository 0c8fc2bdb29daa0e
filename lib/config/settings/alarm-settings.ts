// The `alarms` part of a configuration file: what people read when an alarm is raised.
import { z } from 'zod';

/**
 * An address without query and fragment, to which `#<alarm>` is added. Descriptions of alarms have room for 300
 * characters of it.
 */
const runbookUrl = z
  .string()
  .regex(/^https:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:\/[A-Za-z0-9._~%/+@-]*)?$/, {
    error: 'an https address without query and fragment, as in https://git.example.com/rempart/docs/runbook.md',
  })
  .max(300, { error: 'at most 300 characters' });

export const alarmSettings = z.strictObject({
  runbook: runbookUrl
    .optional()
    .describe(
      'Address of the rendered docs/runbook.md, to which the description of each alarm adds its heading. Without it, descriptions have the ' +
        'path in this repository. Changing it is an update of the alarms. (TOM-3.4)',
    ),
});
