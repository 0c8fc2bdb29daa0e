// The characters of a body: UTF-8, or windows-1252 where a page or a library declares it.
import { isUtf8 } from 'node:buffer';
import { HitRejection } from './hit-rejection';

/** `ascii`: declared as ASCII, which is UTF-8 unless it has other octets. */
export type Charset = 'utf-8' | 'windows-1252' | 'ascii';

const ascii = /ascii|646|^ansi_x3|^iso-ir-6$/;

/** Reads the `charset` of a Content-Type; empty for none. Labels are those of the Encoding standard. */
export function readCharset(label: string): Charset | HitRejection {
  const plain = label.replaceAll("'", '').trim().toLowerCase();
  if (plain === '' || plain === 'utf-8' || plain === 'utf8') return 'utf-8';
  const name = encodingOf(plain);
  if (name === 'utf-8') return 'utf-8';
  if (name === 'windows-1252') return ascii.test(plain) ? 'ascii' : 'windows-1252';
  return new HitRejection('charset', `charset: expected utf-8, us-ascii, iso-8859-1 or windows-1252, got ${name ?? 'an unknown one'}`, 415);
}

/** The encoding of a label, from a fixed set; undefined for an unknown label. */
function encodingOf(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

/** A text; or octets as Latin-1 text, if they are not of the charset: each hit in them is decoded by itself. */
export interface DecodedText {
  readonly text: string;
  readonly isText: boolean;
}

/** Decodes a body without its byte order mark. */
export function decodeText(body: Buffer, charset: Charset): DecodedText {
  const valid = charset !== 'windows-1252' && isUtf8(body);
  if (valid) return { text: body.toString('utf8').replace(/^\ufeff/, ''), isText: true };
  const octets = body.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  return charset === 'utf-8' ? { text: octets, isText: false } : { text: westernText(octets), isText: true };
}

/** Octets 0x80 to 0x9F of windows-1252. The decoder of Node.js 20 reads them as control characters. */
const upper = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Text of octets, read as Latin-1, in windows-1252, which browsers read for both (Encoding standard, section 4.2). */
export const westernText = (latin1: string): string => latin1.replace(/[\x80-\x9f]/g, (octet) => upper.charAt(octet.charCodeAt(0) - 0x80));

/** A form in windows-1252 as the same form in UTF-8. Each octet is one character, so each is replaced by itself. */
export const westernForm = (latin1: string): string =>
  latin1.replace(/%([89a-f][0-9a-f])|[\x80-\xff]/gi, (octet, digits: string | undefined) =>
    encodeURIComponent(westernText(digits === undefined ? octet : String.fromCharCode(Number.parseInt(digits, 16)))),
  );
