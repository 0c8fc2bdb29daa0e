// What ends a program when its standard input closes: nothing that the twin starts outlives it, and no program needs to know.

/** Milliseconds after which the process ends all the same: its neighbours are gone too, so there is little left that it could wait for. */
const patience = 5000;

const code = `
process.stdin
  .once('end', () => { process.kill(process.pid, 'SIGTERM'); setTimeout(() => process.exit(1), ${patience}).unref(); })
  .once('error', () => process.kill(process.pid, 'SIGTERM'))
  .resume()
  .unref?.();
`;

/** Node's arguments that load it before a program, which stays as it is. */
export const lifeline = ['--import', `data:text/javascript,${encodeURIComponent(code)}`] as const;
