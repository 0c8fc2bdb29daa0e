// What the server hands to the application and takes from it: a request, its answer, and the outcomes that are counted.

/** Header fields that the program reads, by lower-case name; all others are checked and forgotten. */
export const knownFields = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'expect',
  'content-type',
  'content-encoding',
  'origin',
  'cookie',
  'user-agent',
  'dnt',
  'sec-gpc',
  'x-forwarded-for',
  'cf-connecting-ip',
] as const;
export type KnownField = (typeof knownFields)[number];

/** One whole request. Valid only until the handler returns: the server reuses it, and the memory of its body. */
export interface HttpRequest {
  readonly method: string;
  /** As it was sent, without the query; `*` for the server itself (RFC 9110 section 7.1). */
  readonly path: string;
  /** What follows the first `?`, still encoded; empty without one. */
  readonly query: string;
  readonly body: Buffer;
  /** Address of the other end of the connection. */
  readonly peer: string;
  /** The field's value as Latin-1 text, lines of the same name joined by `, ` (cookies by `; `); undefined where it was not sent. */
  field(name: KnownField): string | undefined;
}

/** One answer, ready to be written. Build it once and use it often: {@link answer}. */
export interface Answer {
  readonly status: number;
  /** Status line, header and body. */
  readonly bytes: Buffer;
  /** Where the body begins, which is left away for `HEAD`. */
  readonly bodyStart: number;
  /** Where the 29 characters of the date are, and the second since 1970 that they say: the server's own. */
  readonly dateAt: number;
  second: number;
}

/** Takes a request and gives its answer, at once or later; answers keep the order of the requests. What throws or rejects becomes 503. */
export type RequestHandler = (request: HttpRequest) => Answer | Promise<Answer>;

/** What the server tells of its work; `Metrics` takes it. */
export interface RequestObserver {
  /** @param milliseconds from the last byte of the request to its answer */
  answered(status: number, milliseconds: number): void;
  /** A request was refused, or a connection ended without an answer. @param reason one of a few words of our own */
  rejected(reason: string): void;
}
