// Statements that end by their lock timeout: the runbook has the message of PostgreSQL, and the time.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookPath } from '../../lib/config/runbook';
import { migrationsFolder } from '../../tools/local-database/rempart';
import { projectRoot } from '../../tools/synthesis/synthesize';

const [, entry = ''] = /^### UpkeepOverdue$([\s\S]*?)^### /m.exec(readFileSync(join(projectRoot, runbookPath), 'utf8')) ?? [];

test('the entry of the upkeep, whose functions of the database have a lock timeout, explains it with its time', () => {
  const migrations = readdirSync(migrationsFolder).map((file) => readFileSync(join(migrationsFolder, file), 'utf8'));
  const times = new Set(migrations.flatMap((text) => [...text.matchAll(/set lock_timeout = '(\d+)s'/g)].map(([, seconds]) => seconds)));
  expect([...times]).toEqual(['5']);
  for (const seconds of times) {
    expect(entry).toContain('`canceling statement due to lock timeout`');
    expect(entry.replaceAll('\n', ' ')).toContain(`waits for it for ${seconds} s`);
  }
});
