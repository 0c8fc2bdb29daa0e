// Writes config/schema.json, by which editors complete and check configuration files: `npm run schema`, with `-- --check` to compare only.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { settingsSchema } from '../lib/config/settings';

const schemaFile = join(__dirname, '../config/schema.json');

/** The JSON Schema of a configuration file, in the version that editors' YAML support knows best. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(settingsSchema, {
    target: 'draft-7',
    io: 'input',
    // Not a format of JSON Schema; the pattern beside it says the same.
    override: ({ jsonSchema: part }) => {
      if (part.format === 'cidrv4') delete part.format;
    },
  });
  return `${JSON.stringify({ title: 'Configuration of a Rempart deployment', ...schema }, null, 2)}\n`;
}

/** Writes the file, or with `--check` compares it. Returns the exit code. */
function main(args: readonly string[]): number {
  const isCheck = args.length === 1 && args[0] === '--check';
  if (args.length > 0 && !isCheck) {
    console.error(`tools/schema: expected no argument or --check, got ${args.join(' ')}; run npm run schema -- --check`);
    return 2;
  }
  if (!isCheck) {
    writeFileSync(schemaFile, jsonSchema());
    console.log('config/schema.json is written');
    return 0;
  }
  if (readCurrent() === jsonSchema()) return 0;
  console.error('config/schema.json: expected the schema of lib/config/settings.ts, got another one; run npm run schema');
  return 1;
}

function readCurrent(): string {
  try {
    return readFileSync(schemaFile, 'utf8');
  } catch {
    return '';
  }
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
