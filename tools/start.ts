// npm start: synthesizes a deployment, evaluates the TOM and prints the clause table; then runs the twin.
import { start } from './start/start';
import { projectRoot, synthesize } from './synthesis/synthesize';

start(process.argv.slice(2), {
  synthesize,
  // Loaded on demand: a check needs no module of the twin.
  twin: async (values) => (await import('./twin/run.ts')).runTwin(values),
  root: projectRoot,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  seconds: () => performance.now() / 1000,
}).then((status) => {
  // Not process.exit: it would lose output that is still being written to a pipe.
  process.exitCode = status;
});
