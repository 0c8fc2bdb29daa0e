// The credential report of IAM: the only place with the age of a password. Pure.

/** The password of one user in the report. */
export interface ReportedPassword {
  readonly user: string;
  /** Last change; undefined for a user without a password. */
  readonly changed: Date | undefined;
  /** Why the row cannot be read: whether the user has a password is unknown. @default - it was read */
  readonly unread?: string;
}

const header = ['user', 'password_enabled', 'password_last_changed'] as const;

/**
 * Reads the rows of IAM users ("Getting credential reports for your AWS account": a file of comma-separated values).
 * The row of the root user is left out: it has no login profile. A row that cannot be read does not prevent the rest.
 * The name of a user may have a comma: such a row has more values than columns, and is left out.
 *
 * @throws Error for a report without the columns
 */
export function readReport(text: string): readonly ReportedPassword[] {
  const [first = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const columns = first.split(',');
  const at = header.map((name) => columns.indexOf(name));
  if (at.some((index) => index < 0)) {
    throw new Error(`credential report: expected the columns ${header.join(', ')}, got ${first.slice(0, 100)}; read the report by hand`);
  }
  return lines
    .map((line) => line.split(','))
    .filter(({ length }) => length === columns.length)
    .map((values) => at.map((index) => values[index] ?? ''))
    .filter(([user]) => user !== '<root_account>')
    .map(([user = '', enabled = '', changed = '']) => passwordOf(user, enabled, changed));
}

/** The user guide has TRUE and FALSE, and reports have true and false. */
function passwordOf(user: string, enabled: string, changed: string): ReportedPassword {
  if (/^false$/i.test(enabled)) return { user, changed: undefined };
  const time = new Date(changed);
  if (/^true$/i.test(enabled) && !Number.isNaN(time.getTime())) return { user, changed: time };
  const got = `${JSON.stringify(enabled)} and ${JSON.stringify(changed)}`;
  return { user, changed: undefined, unread: `expected true with a time or false, got ${got}; read the report by hand` };
}
