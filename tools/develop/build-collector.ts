// Writes the collector as one file, as deployed, for tests, benchmarks and the twin.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { serviceProgram } from '../../lib/functions/service-bundle';
import { runTool, UsageError } from '../command-line';

const usage = `npm run build:collector -- --out FILE

Writes the collector's program: one JavaScript file without dependencies. Run it with node; services/collector/env.ts lists the
environment variables.

  --out FILE   the file to write
  --help       print this text`;

const options = { out: { type: 'string' } } as const;

runTool({ usage, options }, async ({ out }) => {
  if (out === undefined) throw new UsageError('--out: expected the name of a file, got none; name the file to write');
  const program = serviceProgram('collector');
  writeFileSync(resolve(out), program);
  console.log(`${out} ${(program.length / 1000).toFixed(0)} kB`);
  return 0;
});
