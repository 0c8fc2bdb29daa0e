// The client concept "site" in the running system (TOM-7.1): its id, and who acts upon it.

declare const brand: unique symbol;

/** The number of a site, as the database gave it. */
export type SiteId = number & { readonly [brand]: 'SiteId' };

/** Checks that something from outside is the id of a site: a whole number from 1 to 2147483647, as a number or in digits. */
export function siteId(value: unknown): SiteId {
  const id = typeof value === 'string' && /^[1-9]\d{0,9}$/.test(value) ? Number(value) : value;
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > 2147483647) {
    throw new TypeError(
      `site id: expected a whole number from 1 to 2147483647, got ${showSite(value)}; use the id that the site was given`,
    );
  }
  return id as SiteId;
}

/** On whose behalf rows are reached: every access log entry says it (TOM-4.8). */
export interface Actor {
  /** Who: the person in the user directory, or the function. 1 to 200 characters without control characters. */
  readonly name: string;
  /** From where: the address of the person, or the function's name. The same limits. */
  readonly from: string;
  /** What for: the action in a few words, as in `list people`. The same limits; no personal data. */
  readonly doing: string;
}

// Control characters would let one field of the signed context run into the next.
const plain = /^[^\p{Cc}\p{Cs}]{1,200}$/u;

/** Refuses an actor whose fields cannot be written to the log as they are. */
export function checkActor(actor: Actor): void {
  for (const field of ['name', 'from', 'doing'] as const) {
    if (typeof actor[field] !== 'string' || !plain.test(actor[field])) {
      throw new TypeError(
        `actor.${field}: expected 1 to 200 characters without control characters, got ${showSite(actor[field])}; shorten it`,
      );
    }
  }
}

function showSite(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
