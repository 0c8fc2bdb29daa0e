// Bodies whose Content-Encoding is refused, or that could not be decompressed.
import { acceptedCodings, type ContentCoding, type DecodingFailure, decodingLimits } from '../http/content-coding';

export type CodingFault = Extract<ContentCoding['coding'], 'chained' | 'unsupported'> | DecodingFailure;

interface Refusal {
  readonly status: 400 | 413 | 415 | 503;
  readonly error: string;
  readonly fields?: { readonly [name: string]: string };
}

/** The codings that the client can use (RFC 9110 section 12.5.3). */
const fields = { 'Accept-Encoding': acceptedCodings } as const;
const { unboundBytes, ratio } = decodingLimits;

export const codingFaults: { readonly [fault in CodingFault]: Refusal } = {
  chained: { status: 415, error: 'Content-Encoding: expected one of gzip and deflate, got several', fields },
  unsupported: { status: 415, error: 'Content-Encoding: expected gzip, deflate or identity, got another', fields },
  damaged: { status: 400, error: 'body: expected whole data of its Content-Encoding, got something else' },
  large: {
    status: 413,
    error:
      'body: expected at most 65536 bytes on /hit and 1048576 on /hits after decompression, ' +
      `and above ${unboundBytes} at most ${ratio} times the compressed bytes, got more; send smaller batches`,
  },
  busy: { status: 503, error: 'server: expected room to decompress a body, got none; send it again later' },
};
