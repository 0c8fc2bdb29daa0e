// Limits of memory and time that one client can use.

export interface HttpLimits {
  /** Bytes of a request line (414). An Application Load Balancer allows 16 KiB. @default 16384 */
  readonly lineBytes: number;
  /**
   * Bytes of a request line with all header fields, and of a chunked body's lines and trailer (431).
   *
   * @default 32768
   */
  readonly headBytes: number;
  /** Bytes of the extensions of one chunk (431), which no browser sends. @default 1024 */
  readonly extensionBytes: number;
  /** Header fields of a request (431). @default 100 */
  readonly fields: number;
  /** Bytes of a body (413). @default 1 MiB */
  readonly bodyBytes: number;
  /** Bytes of unfinished headers and bodies of all connections together (503). @default 256 MiB */
  readonly allBodyBytes: number;
  /** Pending requests of a connection, above which it is not read. @default 64 */
  readonly pipelined: number;
  /** Open connections; further ones are closed at once. @default 20000 */
  readonly connections: number;
  /** Seconds from the first byte of a request to the end of its header (408). @default 10 */
  readonly headSeconds: number;
  /**
   * Seconds that a body may be behind `bodyRate` (408): the longest pause, and the time of a small body.
   *
   * @default 20
   */
  readonly bodySeconds: number;
  /** Bytes of a body per second, without the framing of chunks, below which a client is slow (408). @default 4096 */
  readonly bodyRate: number;
  /** Seconds from the end of the header to the end of the body, at any rate (408). @default 180 */
  readonly longestBodySeconds: number;
  /** Bodies of all connections that take longer than `bodySeconds`; further ones are refused (503). @default 1000 */
  readonly slowBodies: number;
  /** Bytes of these bodies (503). @default 64 MiB */
  readonly slowBodyBytes: number;
  /**
   * Seconds without a request. More than the load balancer's 120, so that the server does not close first.
   *
   * @default 135
   */
  readonly idleSeconds: number;
  /**
   * Seconds for the application to answer, and for a client to receive an answer; then the connection is reset.
   *
   * @default 30
   */
  readonly answerSeconds: number;
  /**
   * Seconds, and bytes, that are still read after an answer that closes the connection, so that the client can read
   * it.
   *
   * @default 5
   */
  readonly lingerSeconds: number;
  /** @default 16 MiB */
  readonly lingerBytes: number;
}

export const defaultLimits: HttpLimits = {
  lineBytes: 16_384,
  headBytes: 32_768,
  extensionBytes: 1024,
  fields: 100,
  bodyBytes: 2 ** 20,
  allBodyBytes: 2 ** 28,
  pipelined: 64,
  connections: 20_000,
  headSeconds: 10,
  bodySeconds: 20,
  bodyRate: 4096,
  longestBodySeconds: 180,
  slowBodies: 1000,
  slowBodyBytes: 2 ** 26,
  idleSeconds: 135,
  answerSeconds: 30,
  lingerSeconds: 5,
  lingerBytes: 2 ** 24,
};
