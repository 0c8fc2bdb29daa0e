// What went wrong, told to the person who started the twin: its message is all they need.

/** An error with a message of the form `where: expected, got; what to do`. */
export class TwinError extends Error {}

/** The system's code of an error, as in `ENOENT`; empty if it has none. Asked of the error itself, which may be of another realm. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** The codes by which the system says that there is no room or no right, and what to do about each. */
const advice: { readonly [code: string]: string } = {
  ENOSPC: 'there is no space left; free some, or choose another place with --folder',
  EDQUOT: 'the quota is used up; free some space, or choose another place with --folder',
  EACCES: 'it is not permitted; choose a folder of your own with --folder',
  EPERM: 'it is not permitted; choose a folder of your own with --folder',
  EROFS: 'the disk is read-only; choose another place with --folder',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
};

/** The same error in words that help, where the system's code tells what is wrong; `where` is the part that met it. */
export function explainError(where: string, error: unknown): unknown {
  if (error instanceof TwinError) return error;
  const code = codeOf(error);
  const message = String((error as { readonly message?: unknown } | undefined)?.message ?? error);
  const known = advice[code] ?? Object.entries(advice).find(([name]) => message.includes(name))?.[1];
  return known === undefined ? error : new TwinError(`${where}: expected to be able to write, got ${code || message}; ${known}`);
}
