// Session documents of Systems Manager, as templates have them.
import type { Assembly, Json, Resource } from './assembly';
import { valueAt } from './assembly';
import { canonical } from './canonical';
import { ssmDocumentType } from './resource-types';

/** Inputs of a session document with resolved references; `undefined` for a document without any. */
export const inputsOf = (document: Resource, assembly: Assembly): Json | undefined =>
  canonical(valueAt(document.properties, 'Content.inputs') ?? null, document.stack, assembly) ?? undefined;

/** The document by which people start shells: `<deployment>-shell`. */
export const shellDocumentOf = (assembly: Assembly): Resource | undefined =>
  assembly.ofType(ssmDocumentType).find((document) => document.at('Name') === `${assembly.facts.deployment}-shell`);
