// A process that creates a temporary folder, prints its path, and waits for a signal.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTemporaryFolder } from '../../../tools/synthesis/synthesize-sites';

void withTemporaryFolder('interrupted', (folder) => {
  writeFileSync(join(folder, 'something'), 'left');
  process.stdout.write(`${folder}\n`);
  return new Promise(() => setInterval(() => undefined, 1000));
});
