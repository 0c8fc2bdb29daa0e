// Ends a program when its standard input closes, without a change of the program: no part outlives the twin.

/**
 * Milliseconds after which the process ends in any case: the other parts have ended too, so it has little left to wait
 * for.
 */
const patience = 5000;

const code = `
process.stdin
  .once('end', () => { process.kill(process.pid, 'SIGTERM'); setTimeout(() => process.exit(1), ${patience}).unref(); })
  .once('error', () => process.kill(process.pid, 'SIGTERM'))
  .resume()
  .unref?.();
`;

/** Arguments of Node that load it before a program. */
export const lifeline = ['--import', `data:text/javascript,${encodeURIComponent(code)}`] as const;
