// npm run lock: completes package-lock.json after an upgrade with a registry that lacks packages for other platforms.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../command-line';
import { projectRoot } from '../synthesis/synthesize';
import { completeLock, type Lock, missingFrom } from './lock/complete';

const usage = `npm run lock [-- options]

Adds to package-lock.json the optional platform packages that the registry did not serve; without them npm ci refuses the file.

  --check   write nothing; exit with 1 and a list if some are missing
  --help    print this text`;

const options = { check: { type: 'boolean' } } as const;

runTool({ usage, options }, async ({ check = false }) => {
  const file = join(projectRoot, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock;
  const missing = missingFrom(lock);
  if (!check && missing.length > 0) writeFileSync(file, `${JSON.stringify(completeLock(lock), undefined, 2)}\n`);
  for (const { name, version } of missing) console.log(`${check ? 'missing' : 'added'} ${name} ${version}`);
  if (missing.length === 0) console.log('package-lock.json is complete');
  return check && missing.length > 0 ? 1 : 0;
});
