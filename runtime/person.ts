// One person of one site, as an operator or the portal names them (DSS-4.2).
import { type Actor, checkActor, type SiteId, siteId } from './site';

/** By the id of the person's row, or by the pseudonym under which hits arrive, or both. */
export type Person = { readonly id: string; readonly visitor?: string } | { readonly id?: never; readonly visitor: string };

/** What the export and erase functions are called with. */
export interface PersonRequest {
  readonly site: SiteId;
  readonly person: Person;
  /** Who asks, and from where. */
  readonly actor: Omit<Actor, 'doing'>;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Checks `{ site, person: { id?, visitor? }, actor: { name, from } }` as it came from outside. */
export function readPersonRequest(event: unknown): PersonRequest {
  const { site, person, actor } = asObject(event, 'request');
  const { id, visitor } = asObject(person, 'person');
  if (id !== undefined && (typeof id !== 'string' || !uuid.test(id))) throw new TypeError('person.id: expected a UUID, got something else');
  if (visitor !== undefined && (typeof visitor !== 'string' || !/^[^\p{Cc}\p{Cs}]{1,128}$/u.test(visitor))) {
    throw new TypeError('person.visitor: expected 1 to 128 characters, got something else');
  }
  const { name, from } = asObject(actor, 'actor') as unknown as Actor;
  checkActor({ name, from, doing: 'read request' });
  const request = { site: siteId(site), actor: { name, from } };
  if (id !== undefined) return { ...request, person: { id, ...(visitor === undefined ? {} : { visitor }) } };
  if (visitor !== undefined) return { ...request, person: { visitor } };
  throw new TypeError('person: expected an id or a visitor, got neither; name the person by one of them');
}

function asObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new TypeError(`${name}: expected an object, got something else`);
}
