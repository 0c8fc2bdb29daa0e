// The script of a page: `rempart({ collector, site })` starts the client, which queues hits, sends them in batches,
// and sends a batch without an answer again under the same ids (docs/adr/0016-browser-client.md, "Browser client").
import { hitText, isFresh, storeKey } from './hit';
import type { Client, ClientOptions } from './options';
import type { PageDocument, PageNavigator, PageStore, PageWindow } from './page';

declare const self: PageWindow & { rempart: typeof start };
declare const addEventListener: PageWindow['addEventListener'];
declare const document: PageDocument;
declare const navigator: PageNavigator;

/** Limits, which esbuild inlines, as it does not inline constants. */
enum Limit {
  /** Bytes of a batch: browsers refuse more than 64 KiB from a page that closes (Fetch standard, keepalive). */
  batchBytes = 60_000,
  /** Bytes of the queue; later hits are dropped. */
  queueBytes = 300_000,
  /** Longest wait for an answer. */
  answerMilliseconds = 30_000,
  /** Longest pause that an answer can demand. */
  pauseSeconds = 3600,
  /** The pause after a failure doubles, from 2 seconds to 256. */
  doublings = 8,
}

enum State {
  /** Or in the pause before hits are sent together. */
  idle = 0,
  sending = 1,
  /** In a pause after a failure. */
  paused = 2,
  /** In a pause that the collector demanded. */
  demanded = 3,
}

let settings: ClientOptions;
let url: string;
/** Whether hits may be sent and stored; undefined until consent is given or refused. */
let consent: boolean | undefined;
/** Hits without an answer, except those of the request under way and of beacons. The store has all. */
let hits: string[] = [];
/** Hits of a beacon whose arrival is in doubt: no other beacon sends them, but a request does. */
let unsure: string[] = [];
let store: PageStore;
let state: State = State.idle;
/** 0 without one. */
let timer: unknown = 0;
let failures = 0;
const browser = navigator;

/** The client never throws into its page: stores can be full or blocked, and not every value has a JSON text. */
const safely =
  <A extends unknown[], R>(work: (...values: A) => R) =>
  (...values: A): R | undefined => {
    try {
      return work(...values);
    } catch {
      return undefined;
    }
  };

/** Bytes of texts in UTF-8. The encoder makes a text of any value. */
const bytesOf = (text: string | readonly unknown[]) => new TextEncoder().encode(text as string).length;
/** An array joins its texts by commas. */
const bodyOf = (batch: readonly string[]) => `[${batch}]`;

const forget = (hit: string) => {
  delete store[storeKey(hit)];
};
/** Removes all hits from the store, and returns them. */
const takeStored = () =>
  Object.keys(store)
    .filter((key) => /^rempart\./.test(key))
    .map((key) => {
      const hit = store[key] as string;
      delete store[key];
      return hit;
    });

/**
 * Whether hits may be sent and stored: undefined while consent is not given. False with a privacy signal or without
 * consent; every hit is then removed, also from the store.
 */
function isAllowed(): boolean | undefined {
  const hasSignal = browser.globalPrivacyControl || /1|yes/.test(browser.doNotTrack as string);
  if (consent !== false && (settings.privacySignals === false || !hasSignal)) return consent;
  takeStored();
  hits = [];
  unsure = [];
  return false;
}

function add(hit: string): void {
  if (bytesOf([hits, unsure, hit]) > Limit.queueBytes) forget(hit);
  else {
    hits.push(hit);
    // Without a store, the queue alone has a hit, and the page keeps no text that was sent.
    if (consent && settings.store) {
      safely(() => {
        store[storeKey(hit)] = hit;
      })();
    }
  }
}

/** Removes the first hits, as many as a batch holds. */
function take(): readonly string[] {
  const batch: string[] = [];
  while (isAllowed() && hits[0] && (!batch[0] || bytesOf([batch, hits[0]]) < Limit.batchBytes)) {
    const hit = hits.shift() as string;
    if (isFresh(hit)) batch.push(hit);
    else forget(hit);
  }
  return batch;
}

/** Sends a batch, unless another is under way or a pause lasts. */
async function flush(): Promise<void> {
  const batch = state ? [] : take();
  if (!batch[0]) return;
  state = State.sending;
  let demanded = 0;
  try {
    const { status, headers } = await fetch(url, {
      method: 'POST',
      body: bodyOf(batch),
      // As beacons do.
      credentials: 'include',
      keepalive: bytesOf(batch) < Limit.batchBytes,
      signal: AbortSignal.timeout?.(Limit.answerMilliseconds),
    });
    if (!/^(5|408|42[59])/.test(status as unknown as string)) {
      failures = state = 0;
      batch.forEach(forget);
      return tend();
    }
    demanded = +(headers.get('Retry-After') as string) || 0;
  } catch {
    // No answer: the collector may have stored the hits or not.
  }
  hits = [...batch, ...hits];
  state = demanded ? State.demanded : State.paused;
  if (failures < Limit.doublings) failures++;
  clearTimeout(timer as number);
  timer = setTimeout(wake, Math.min(Limit.pauseSeconds, Math.max(demanded, 2 ** failures)) * (1 + Math.random()) * 1000);
}

function wake(): void {
  timer = 0;
  if (state === State.sending) return;
  state = State.idle;
  hits = [...unsure, ...hits];
  unsure = [];
  flush();
}

/** Sends hits that are enough for a batch; others after a while. */
function tend(): void {
  if (hits.length >= (settings.hits ?? 20) || bytesOf(hits) > Limit.batchBytes) flush();
  else timer ||= setTimeout(wake, (settings.seconds ?? 5) * 1000);
}

/** Sends a batch by a beacon, which has no answer: its hits are in doubt after a failure, or with a store. */
function hide(): void {
  const batch = take();
  if (batch[0] && browser.onLine && browser.sendBeacon?.(url, bodyOf(batch)) && !failures && !settings.store) return;
  unsure = [...unsure, ...batch];
}

/** Stores the hits, and adds those that earlier pages left. */
const open = safely((given: boolean | undefined) => {
  if (given === consent) return;
  consent = given;
  if (!isAllowed()) return;
  const all = [...hits, ...takeStored()];
  hits = [];
  all.forEach(add);
  tend();
});

function start(options: ClientOptions): Client {
  settings = options;
  url = `${options.collector}/hits`;
  store = safely(() => self[options.store as 'localStorage'])() || {};
  open(!options.consent || undefined);
  for (const name of ['visibilitychange', 'pagehide', 'online']) {
    addEventListener(
      name,
      safely(({ type }) => {
        if (type === 'pagehide' || document.hidden) hide();
        else if (state === State.paused) wake();
      }),
    );
  }
  return {
    hit: safely((kind, fields, values) => {
      if (isAllowed() === false) return;
      add(hitText(settings, kind, fields, values));
      tend();
    }),
    consent: open,
    flush: safely(flush),
  };
}

self.rempart = start;
