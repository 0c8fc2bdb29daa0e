// The parts of a browser's window that the client uses. Their names stay global, so that the script stays small.

export interface PageNavigator {
  /** A text with `1` or `yes` is the signal; other values differ between browsers. */
  readonly doNotTrack?: string | null;
  readonly globalPrivacyControl?: boolean;
  readonly onLine: boolean;
  /** Returns false if the browser refuses the request: above 64 KiB of pending requests. */
  sendBeacon?(url: string, body: string): boolean;
}

export interface PageDocument {
  readonly referrer: string;
  readonly hidden: boolean;
}

/** `localStorage` or `sessionStorage`, whose names and texts are properties. */
export interface PageStore {
  [name: string]: string;
}

export interface PageWindow {
  /** A browser that blocks stores throws when one is read. */
  readonly localStorage: PageStore;
  readonly sessionStorage: PageStore;
  addEventListener(name: string, listener: (event: { readonly type: string }) => void): void;
}
