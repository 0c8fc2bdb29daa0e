// Bounds of what one client can make the server hold, and for how long.

export interface HttpLimits {
  /** Bytes of a request line (414). An application load balancer lets 16 KiB pass. @default 16384 */
  readonly lineBytes: number;
  /** Bytes of a request line with all header fields, and of a chunked body's lines and trailer (431). @default 32768 */
  readonly headBytes: number;
  /** Header fields of a request (431). @default 100 */
  readonly fields: number;
  /** Bytes of a body (413). @default 1 MiB */
  readonly bodyBytes: number;
  /** Bytes of unfinished bodies of all connections together (503). @default 256 MiB */
  readonly allBodyBytes: number;
  /** Requests of a connection that wait for their answers; no more is read before. @default 64 */
  readonly pipelined: number;
  /** Connections at a time; further ones are closed at once. @default 20000 */
  readonly connections: number;
  /** Seconds from the first byte of a request to the end of its header (408). @default 10 */
  readonly headSeconds: number;
  /** Seconds from the end of the header to the end of the body (408). @default 20 */
  readonly bodySeconds: number;
  /** Seconds without a request. Above the load balancer's 60, so that it is not the server that closes first. @default 75 */
  readonly idleSeconds: number;
  /** Seconds that the application may take, and a client to take an answer; the connection is cut after. @default 30 */
  readonly answerSeconds: number;
  /** Seconds, and bytes, that a client may go on sending after an answer that ends the connection, so that it can read it. @default 5 */
  readonly lingerSeconds: number;
  /** @default 16 MiB */
  readonly lingerBytes: number;
}

export const defaultLimits: HttpLimits = {
  lineBytes: 16_384,
  headBytes: 32_768,
  fields: 100,
  bodyBytes: 2 ** 20,
  allBodyBytes: 2 ** 28,
  pipelined: 64,
  connections: 20_000,
  headSeconds: 10,
  bodySeconds: 20,
  idleSeconds: 75,
  answerSeconds: 30,
  lingerSeconds: 5,
  lingerBytes: 2 ** 24,
};
