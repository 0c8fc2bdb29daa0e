// The interface between server and application: requests, answers, and the counted outcomes.

/** Header fields that the program reads, in lower case; all others are checked and dropped. */
export const knownFields = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'expect',
  'content-type',
  'content-encoding',
  'origin',
  'access-control-request-headers',
  'cookie',
  'user-agent',
  'dnt',
  'sec-gpc',
  'x-forwarded-for',
  'cf-connecting-ip',
] as const;
export type KnownField = (typeof knownFields)[number];

/** One complete request. Valid only until the handler returns: the server reuses it and the memory of its body. */
export interface HttpRequest {
  readonly method: string;
  /** Path as sent, without the query; `*` for the server itself (RFC 9110 section 7.1). */
  readonly path: string;
  /** Text after the first `?`, still encoded, as Latin-1 text of its octets; empty without one. */
  readonly query: string;
  readonly body: Buffer;
  /** Address of the other end of the connection. */
  readonly peer: string;
  /**
   * The field's value as Latin-1 text, lines of the same name joined by `, ` (cookies by `; `); undefined if it was
   * not sent.
   */
  field(name: KnownField): string | undefined;
}

/** One answer, ready to be written. Build it once and use it often: {@link answer}. */
export interface Answer {
  readonly status: number;
  /** Status line, header and body. */
  readonly bytes: Buffer;
  /** Start of the body, which is omitted for `HEAD`. */
  readonly bodyStart: number;
  /** Position of the 29 characters of the date, and their second since 1970. Written by the server. */
  readonly dateAt: number;
  second: number;
}

/**
 * Answers a request, synchronously or later. Answers keep the order of the requests. An exception or a rejection
 * becomes 503.
 */
export type RequestHandler = (request: HttpRequest) => Answer | Promise<Answer>;

/** Receives the server's events; implemented by `Metrics`. */
export interface RequestObserver {
  /** @param milliseconds from the last byte of the request to its answer */
  answered(status: number, milliseconds: number): void;
  /** A request was refused, or a connection ended without an answer. @param reason one of a fixed set */
  rejected(reason: string): void;
}
