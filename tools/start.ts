// npm start: synthesizes a deployment, holds it against the TOM and prints the clause table.
import { start } from './start/start';
import { projectRoot, synthesize } from './synthesis/synthesize';

start(process.argv.slice(2), {
  synthesize,
  root: projectRoot,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  seconds: () => performance.now() / 1000,
}).then((status) => {
  // Not process.exit: what is still being written to a pipe would be lost.
  process.exitCode = status;
});
