// Writes the browser client as one script, which a site serves itself.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runTool, UsageError } from '../command-line';
import { clientBytes, clientScript } from './build-client/bundle';

const usage = `npm run build:client -- --out FILE

Writes the browser client: one script for the pages of a site, served by the site itself or a bucket. The script sets
\`rempart\`; services/collector/client/options.ts lists the options and the methods.

  --out FILE   the file to write
  --help       print this text`;

const options = { out: { type: 'string' } } as const;

runTool({ usage, options }, async ({ out }) => {
  if (out === undefined) throw new UsageError('--out: expected the name of a file, got none; name the file to write');
  const script = clientScript();
  writeFileSync(resolve(out), script);
  const { minified, gzipped } = clientBytes(script);
  console.log(`${out} ${minified} bytes, ${gzipped} with gzip`);
  return 0;
});
