// The visitor of a hit as it is stored, and as a request about a person finds it. (DSS-4.2)
import { createHash } from 'node:crypto';
import { isStorable, textLimits } from './hit';

/**
 * The text itself, or the SHA-256 hash of a text that is too long or that the database cannot store. Such a text is
 * neither cut nor repaired: two visitors could become one.
 */
export function storedVisitor(text: string): string {
  const isShort = text.length <= textLimits.visitor || [...text].length <= textLimits.visitor;
  if (isShort && isStorable(text)) return text;
  // As JSON, in which half surrogate pairs differ; as UTF-8 they would all be U+FFFD.
  return `sha256-${createHash('sha256').update(JSON.stringify(text)).digest('hex')}`;
}
