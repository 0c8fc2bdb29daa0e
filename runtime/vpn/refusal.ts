// Refusals: errors whose message suffices for the person who caused them.
import { isNativeError } from 'node:util/types';

/** A request that breaks a rule of the certificates. Its message reads `<where>: expected ..., got ...; <remedy>`. */
export class Refusal extends Error {}

/** A refusal with the message of the house. */
export const refusal = (where: string, expected: string, got: string, remedy: string): Refusal =>
  new Refusal(`${where}: expected ${expected}, got ${got}; ${remedy}`);

/** A value of the user as text on one line, cut, with odd characters escaped. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  const escaped = text.replace(/[^\x20-\x7e]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  return escaped.length > 100 ? `${escaped.slice(0, 97)}...` : escaped;
};

/** The message of any error. */
export const messageOf = (error: unknown): string => (isNativeError(error) ? error.message || error.name : String(error));
