// Statements that admit principals, wherever a template has them: in properties, and in policies as text.
import { isObject, type Json, type JsonObject } from './assembly';

export interface AdmittingStatement {
  readonly statement: JsonObject;
  readonly path: string;
}

/** Statements that admit a principal, in objects and in policies as text. `NotPrincipal` admits all others. */
export function* admittingStatements(value: Json, path: string): Generator<AdmittingStatement> {
  if (typeof value === 'string') {
    const parsed = parsedText(value);
    if (parsed !== undefined) yield* admittingStatements(parsed, path);
  } else if (Array.isArray(value)) {
    for (const [index, element] of (value as readonly Json[]).entries()) yield* admittingStatements(element, `${path}.${index}`);
  } else if (isObject(value)) {
    if ((value.Principal ?? value.NotPrincipal) !== undefined && value.Effect !== 'Deny') yield { statement: value, path };
    for (const [key, member] of Object.entries(value)) yield* admittingStatements(member, `${path}.${key}`);
  }
}

/** An object or list written as text; `undefined` for any other text. */
export function parsedText(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
