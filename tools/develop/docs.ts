// npm run docs: writes docs/tom.md from the register and docs/calls.md from the contracts; with --check it only
// compares.
import { runTool } from '../command-line';
import { projectRoot } from '../synthesis/synthesize';
import { documents } from './docs/documents';
import { updateDocuments } from './docs/update';

const usage = `npm run docs [-- options]

Writes ${documents.map(({ path }) => path).join(', ')} from the register of clauses, lib/tom/clauses, and the
contracts of calls.

  --check  write nothing; exit with 1 if it is stale
  --help   this text`;

const options = { check: { type: 'boolean' } } as const;

runTool({ usage, options }, async ({ check = false }) =>
  updateDocuments(check, { root: projectRoot, documents, stdout: process.stdout, stderr: process.stderr }),
);
