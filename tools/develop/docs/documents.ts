// The documents that are generated, by their path in the repository.
import { register } from '../../../lib/tom/register';
import { projectRoot } from '../../synthesis/synthesize';
import { builtIn } from './built-in';
import { tomDocument } from './tom-document';

/** A generated document: where it lies, and what it says now. */
export interface GeneratedDocument {
  readonly path: string;
  render(): string;
}

export const documents: readonly GeneratedDocument[] = [{ path: 'docs/tom.md', render: () => tomDocument(register, builtIn(projectRoot)) }];
