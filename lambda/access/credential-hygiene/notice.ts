// The message to people about credentials: no secret, and nothing that signs in. Pure.

/** Most credentials in one message: a message has at most 256 KB ("Publish"), and people read no more. */
const mostListed = 100;

export interface Notice {
  /** At most 100 ASCII characters ("Publish"). */
  readonly Subject: string;
  readonly Message: string;
}

/** The message, or undefined where nothing happened. */
export function noticeOf(deployment: string, notices: readonly string[]): Notice | undefined {
  if (notices.length === 0) return undefined;
  const more = notices.length > mostListed ? [`${notices.length - mostListed} further credentials are in the log of the function.`] : [];
  const end = `Runbook: CredentialsEnded. Function: ${deployment}-credential-hygiene.`;
  return {
    Subject: `Credentials of ${deployment}: ${notices.length} to renew or ended`.slice(0, 100),
    Message: [...notices.slice(0, mostListed), ...more, end].join('\n'),
  };
}
