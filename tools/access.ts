// npm run access: access of support staff and auditors to the database, and their reads.

import { grantCommand, listCommand, revokeCommand } from './access/people';
import { openCommand, readCommand } from './access/reads';
import { runCommands } from './command-line';

const usage = `npm run access -- COMMAND [options]

People read customers' data by a function alone, as a database role of their own, read-only, page by page, and with an entry in the access
log for each page. The function has AWS STS name its caller: set AWS_PROFILE to a profile that switches to the role, from an office.

  grant      role it-team: give a person access until a day
  revoke     role it-team: end it
  list       role it-team: list everybody with access
  open       role client-data-team: open a site for an hour, with a reason
  read       role client-data-team: read a page of a site, or of the logs

  --help     print this text, or that of a command: npm run access -- grant --help

Exit codes: 0 done, 1 refused or failed, 2 for a mistake in the command line.`;

runCommands(usage, { grant: grantCommand, revoke: revokeCommand, list: listCommand, open: openCommand, read: readCommand });
