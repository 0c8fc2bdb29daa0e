// npm run docs: writes the generated documents; with --check it only compares.
import { runTool } from '../command-line';
import { projectRoot } from '../synthesis/synthesize';
import { documents } from './docs/documents';
import { updateDocuments } from './docs/update';

const usage = `npm run docs [-- options]

Writes ${documents.map(({ path }) => path).join(', ')} from the register of clauses, the contracts of calls,
the flows and the settings.

  --check  write nothing; exit with 1 if one is stale
  --help   print this text`;

const options = { check: { type: 'boolean' } } as const;

runTool({ usage, options }, async ({ check = false }) =>
  updateDocuments(check, { root: projectRoot, documents, stdout: process.stdout, stderr: process.stderr }),
);
