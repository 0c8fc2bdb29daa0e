// npm run schema: writes config/schema.json, with which editors complete and check configuration files; with --check
// it only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { settingsSchema } from '../../lib/config/settings/settings';
import { runTool, ToolError } from '../command-line';

const schemaFile = join(__dirname, '../../config/schema.json');

/** The JSON Schema of a configuration file, in the version that the YAML support of editors covers best. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(settingsSchema, {
    target: 'draft-7',
    io: 'input',
    // Not a format of JSON Schema; the schema has an equivalent pattern too.
    override: ({ jsonSchema: part }) => {
      if (part.format === 'cidrv4') delete part.format;
    },
  });
  return `${JSON.stringify({ title: 'Configuration of a Rempart deployment', ...schema }, null, 2)}\n`;
}

const usage = `npm run schema [-- options]

Writes config/schema.json, with which editors complete and check configuration files, from lib/config/settings/settings.ts.

  --check  write nothing; exit with 1 if it is stale
  --help   print this text`;

const options = { check: { type: 'boolean' } } as const;

/** Writes the file, or with `check` compares it. Returns the exit code. */
function update(check: boolean): number {
  const schema = jsonSchema();
  if (readCurrent() === schema) {
    console.log('config/schema.json is up to date');
    return 0;
  }
  if (check)
    throw new ToolError('config/schema.json: expected the schema of lib/config/settings/settings.ts, got another one; run npm run schema');
  writeFileSync(schemaFile, schema);
  console.log('config/schema.json is written');
  return 0;
}

function readCurrent(): string {
  try {
    return readFileSync(schemaFile, 'utf8');
  } catch {
    return '';
  }
}

if (require.main === module) runTool({ usage, options }, async ({ check = false }) => update(check));
