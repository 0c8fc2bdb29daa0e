// A request about one person of one site, from an operator or the portal. (DSS-4.2)
import { type Actor, checkActor, type SiteId, siteId } from './site';
import { storedVisitor } from './visitor';

/** A person, by the id of the row, by the pseudonym in hits, or by both. */
export type Person = { readonly id: string; readonly visitor?: string } | { readonly id?: never; readonly visitor: string };

/** Request of the functions `person-export` and `person-erase`. */
export interface PersonRequest {
  readonly site: SiteId;
  readonly person: Person;
  /** The requester, and the address or function of the request. */
  readonly actor: Omit<Actor, 'doing'>;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Validates an event of the form `{ site, person: { id?, visitor? }, actor: { name, from } }`. The visitor is any text
 * that a client may have sent; in the result it is as hits store it.
 */
export function readPersonRequest(event: unknown): PersonRequest {
  const { site, person, actor } = asObject(event, 'request');
  const { id, visitor } = asObject(person, 'person');
  if (id !== undefined && (typeof id !== 'string' || !uuid.test(id))) throw new TypeError('person.id: expected a UUID, got something else');
  if (visitor !== undefined && (typeof visitor !== 'string' || visitor === '')) {
    throw new TypeError('person.visitor: expected a text, got something else');
  }
  const { name, from } = asObject(actor, 'actor') as unknown as Actor;
  checkActor({ name, from, doing: 'read request' });
  const request = { site: siteId(site), actor: { name, from } };
  if (id !== undefined) return { ...request, person: { id, ...(visitor === undefined ? {} : { visitor: storedVisitor(visitor) }) } };
  if (visitor !== undefined) return { ...request, person: { visitor: storedVisitor(visitor) } };
  throw new TypeError('person: expected an id or a visitor, got neither; add one of them');
}

function asObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new TypeError(`${name}: expected an object, got something else`);
}
