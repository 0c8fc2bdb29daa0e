// The credential report of IAM: the only place with the age of a password. Pure.

/** The password of one user in the report. */
export interface ReportedPassword {
  readonly user: string;
  /** Last change; undefined for a user without a password. */
  readonly changed: Date | undefined;
}

const header = ['user', 'password_enabled', 'password_last_changed'] as const;

/**
 * Reads the rows of IAM users ("Getting credential reports for your AWS account": a file of comma-separated values, in
 * which no value has a comma). The row of the root user is left out: it has no login profile.
 *
 * @throws Error for a report without the columns, or with a time that cannot be read
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
    .map((values) => at.map((index) => values[index] ?? ''))
    .filter(([user]) => user !== '<root_account>')
    .map(([user = '', enabled, changed = '']) => ({ user, changed: enabled === 'true' ? timeOf(user, changed) : undefined }));
}

function timeOf(user: string, text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new Error(`credential report, ${user}: expected a time, got ${JSON.stringify(text)}; read it by hand`);
  return time;
}
