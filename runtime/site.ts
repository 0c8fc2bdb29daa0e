// The client concept "site" in the running system (TOM-7.1): its id, and the actor of an access.

declare const brand: unique symbol;

/** The number of a site, assigned by the database. */
export type SiteId = number & { readonly [brand]: 'SiteId' };

/** Validates the id of a site: a whole number from 1 to 2147483647, as a number or in digits. */
export function siteId(value: unknown): SiteId {
  const id = typeof value === 'string' && /^[1-9]\d{0,9}$/.test(value) ? Number(value) : value;
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > 2147483647) {
    throw new TypeError(
      `site id: expected a whole number from 1 to 2147483647, got ${shownValue(value)}; use the id that the function site-admin returned`,
    );
  }
  return id as SiteId;
}

/** The actor of an access, as in its entry of the access log. (TOM-4.8) */
export interface Actor {
  /** The person in the user directory, or the function. 1 to 200 characters without control characters. */
  readonly name: string;
  /** Address of the person, or name of the function's trigger. The same limits. */
  readonly from: string;
  /** The action in a few words, as in `list people`. The same limits; no personal data. */
  readonly doing: string;
}

// A control character could move the boundary between two fields of the signed context.
const loggable = /^[^\p{Cc}\p{Cs}]{1,200}$/u;

/** Throws for an actor whose fields cannot be logged unchanged. */
export function checkActor(actor: Actor): void {
  for (const field of ['name', 'from', 'doing'] as const) {
    if (typeof actor[field] !== 'string' || !loggable.test(actor[field])) {
      throw new TypeError(
        `actor.${field}: expected 1 to 200 characters without control characters, got ${shownValue(actor[field])}; shorten it`,
      );
    }
  }
}

function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
