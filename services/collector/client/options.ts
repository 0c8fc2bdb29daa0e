// What a site sets, and what its pages call.

export interface ClientOptions {
  /** Address of the collector, as in `https://collect.example.com`. */
  readonly collector: string;
  /** The site's key. */
  readonly site: string;
  /** The site's own id of the visitor, in at most 128 characters. @default - none, or the collector's cookie */
  readonly visitor?: string;
  /** Whether the page needs consent: hits wait in memory for `consent(true)`. @default false */
  readonly consent?: boolean;
  /**
   * Whether a privacy signal (Do Not Track, Global Privacy Control) stops the client. With `false`, the setting of
   * the site decides at the collector.
   *
   * @default true
   */
  readonly privacySignals?: boolean;
  /** Store of hits without an answer, for the next page in this browser, or in this tab. @default - none */
  readonly store?: 'localStorage' | 'sessionStorage';
  /** Number of hits that are sent at once. @default 20 */
  readonly hits?: number;
  /** Seconds that a hit waits for others. @default 5 */
  readonly seconds?: number;
}

/** Values of a hit in place of those of the page. */
export interface HitValues {
  readonly url?: string;
  readonly referrer?: string;
  readonly visitor?: string;
}

/** The client of a page. Its methods never throw. */
export interface Client {
  /**
   * Takes a hit, which is sent with others. Its time, URL and referrer are those of the page.
   *
   * @param kind as in `page`, at most 64 characters
   * @param fields at most 8 KiB as JSON
   */
  hit(kind: string, fields?: { readonly [name: string]: unknown }, values?: HitValues): void;
  /** `true` sends the waiting hits; `false` removes them, also from the store, and stops the client. */
  consent(given: boolean): void;
  /** Sends the waiting hits. */
  flush(): void;
}
