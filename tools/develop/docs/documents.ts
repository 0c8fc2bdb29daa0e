// The generated documents, by their path in the repository.
import { register } from '../../../lib/tom/register';
import { projectRoot } from '../../synthesis/synthesize';
import { builtIn } from './built-in';
import { callsDocument } from './calls-document';
import { flowDocument } from './flow-document';
import { settingsDocument } from './settings-document';
import { tomDocument } from './tom-document';

/** A generated document: its path and its current text. */
export interface GeneratedDocument {
  readonly path: string;
  render(): string;
}

export const documents: readonly GeneratedDocument[] = [
  { path: 'docs/calls.md', render: callsDocument },
  { path: 'docs/flows.md', render: flowDocument },
  { path: 'docs/settings.md', render: () => settingsDocument() },
  { path: 'docs/tom.md', render: () => tomDocument(register, builtIn(projectRoot)) },
];
