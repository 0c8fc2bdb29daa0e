// npm run docs: writes docs/tom.md from the register; with --check it only says whether the file is stale.
import { documents } from './docs/documents';
import { updateDocuments } from './docs/update';
import { projectRoot } from './synthesis/synthesize';

process.exitCode = updateDocuments(process.argv.slice(2), {
  root: projectRoot,
  documents,
  stdout: process.stdout,
  stderr: process.stderr,
});
