// A hit as its JSON text. It begins with its time and its id, which are read from there.
import type { ClientOptions, HitValues } from './options';
import type { PageDocument } from './page';

declare const document: PageDocument;
declare const location: { readonly href: string };

/** The collector counts an id once within 24 hours; a hit without an answer is dropped before, with a margin. */
const oldestMilliseconds = 20 * 3_600_000;

/** Throws for fields without a JSON text. */
export function hitText(
  { site, visitor }: ClientOptions,
  kind: string,
  fields: { readonly [name: string]: unknown } | undefined,
  values: HitValues | undefined,
): string {
  return JSON.stringify({
    occurred: new Date(),
    id: newId(),
    site,
    kind,
    visitor,
    url: location.href,
    referrer: document.referrer || undefined,
    ...values,
    fields,
  });
}

/** The name of a hit in the page's store: its id behind a prefix. */
export const storeKey = (hit: string): string => `rempart.${hit.slice(45, 81)}`;

/** Whether the collector still recognises a retry of a hit. */
export const isFresh = (hit: string): boolean => Date.now() - Date.parse(hit.slice(13, 37)) < oldestMilliseconds;

/** A random UUID (version 4). `crypto.randomUUID` exists only on pages with TLS. */
const newId = (): string =>
  'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => ((crypto.getRandomValues(new Uint8Array(1))[0] as number) & 15).toString(16));
