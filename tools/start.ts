// npm start: synthesizes a deployment, holds it against the TOM and prints the clause table; then runs the twin.
import { start } from './start/start';
import { projectRoot, synthesize } from './synthesis/synthesize';

start(process.argv.slice(2), {
  synthesize,
  // Loaded when it is wanted: a check needs none of what the twin does.
  twin: async (values) => (await import('./twin/run.ts')).runTwin(values),
  root: projectRoot,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  seconds: () => performance.now() / 1000,
}).then((status) => {
  // Not process.exit: what is still being written to a pipe would be lost.
  process.exitCode = status;
});
