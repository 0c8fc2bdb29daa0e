// The characters of a body: UTF-8, or the charset that a page or a library declares.
import { isAscii, isUtf8 } from 'node:buffer';
import { HitRejection } from './hit-rejection';
import type { Repair } from './repairs';

/**
 * `utf-8`: also without a declared one. `ascii`: declared as ASCII, which is UTF-8 unless it has other octets.
 * `octet`: each octet is one character. `unread`: a charset, or an unknown one, of which only ASCII is read.
 */
export type Charset =
  | { readonly form: 'utf-8' | 'utf-16le' | 'utf-16be' }
  | { readonly form: 'ascii' | 'octet'; readonly characters: Characters }
  | { readonly form: 'unread'; readonly name: string | undefined; readonly hasAscii: boolean };

export const utf8: Charset = { form: 'utf-8' };

const asciiLabel = /ascii|646|^ansi_x3|^iso-ir-6$/;
const octetName = /^(?:windows-125\d|windows-874|iso-8859-\d+(?:-i)?|koi8-[ru]|ibm866|macintosh|x-mac-cyrillic)$/;
/** Charsets in which octets of ASCII are other characters: the text is in doubt. */
const withoutAscii = /utf-?7|utf-?32|ucs|2022|hz|ebcdic|^cp?037$|^ibm0?37$/;

/** Reads the `charset` of a Content-Type; empty for none. Labels are those of the Encoding standard. */
export function readCharset(label: string): Charset {
  const plain = label.replaceAll("'", '').trim().toLowerCase();
  if (plain === '' || plain === 'utf-8' || plain === 'utf8') return utf8;
  const name = encodingOf(plain);
  if (name === 'utf-8' || name === 'utf-16le' || name === 'utf-16be') return { form: name };
  if (name !== undefined && octetName.test(name)) {
    return { form: name === 'windows-1252' && asciiLabel.test(plain) ? 'ascii' : 'octet', characters: charactersOf(name) };
  }
  return { form: 'unread', name, hasAscii: !withoutAscii.test(plain) };
}

/** The encoding of a label, from a fixed set; undefined for an unknown label. */
function encodingOf(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

/** Octets 0x80 to 0x9F of windows-1252. The decoder of Node.js 20 reads them as control characters. */
const upper = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** The characters of the octets 0x80 to 0xFF; U+FFFD for an octet that is none. */
type Characters = string;
const known = new Map<string, Characters>();

function charactersOf(name: string): Characters {
  const octets = Uint8Array.from({ length: 128 }, (_, index) => index + 0x80);
  const characters =
    known.get(name) ??
    (name === 'windows-1252' ? upper + Buffer.from(octets.subarray(32)).toString('latin1') : new TextDecoder(name).decode(octets));
  known.set(name, characters);
  return characters;
}

/** A text; or octets as Latin-1 text, if they are not of the charset: each hit in them is decoded by itself. */
export interface DecodedText {
  readonly text: string;
  readonly isText: boolean;
  /** Of each hit in it. */
  readonly repairs: readonly Repair[];
}

/** Half a surrogate pair. */
const halfPair = /\p{Cs}/gu;

const exact: readonly Repair[] = [];
const inDoubt: readonly Repair[] = ['hit:encoding'];
const damaged = new HitRejection('not-encoded', 'body: expected UTF-16, as its charset declares, got something else');

/** Decodes a body without its byte order mark. */
export function decodeText(body: Buffer, charset: Charset): DecodedText | HitRejection {
  // The mark counts more than the declaration (Encoding standard, "decode").
  const marked = utf16ByMark(body);
  if (marked !== undefined) return decodeUtf16(body.subarray(2), marked, marked === charset.form ? exact : inDoubt);
  return decodeOctets(hasMark(body) ? body.subarray(3) : body, charset);
}

/** Decodes octets, of which none are a byte order mark. */
export function decodeOctets(octets: Buffer, charset: Charset): DecodedText | HitRejection {
  switch (charset.form) {
    case 'utf-8':
      return decodeUtf8(octets) ?? { text: octets.toString('latin1'), isText: false, repairs: exact };
    case 'ascii':
      return decodeUtf8(octets) ?? decodeCharacters(octets, charset.characters);
    case 'octet':
      return decodeCharacters(octets, charset.characters);
    case 'unread':
      return decodeUtf8(octets, charset.hasAscii && isAscii(octets) ? exact : inDoubt) ?? unreadable(charset.name);
    default:
      // Each hit in UTF-16 has octets of zero: those of its quotes or equals signs.
      return (octets.includes(0) ? undefined : decodeUtf8(octets, inDoubt)) ?? decodeUtf16(octets, charset.form, exact);
  }
}

/** Names the charset, if it is one of the fixed set. */
const unreadable = (name: string | undefined): HitRejection =>
  new HitRejection(
    'charset',
    `charset: expected utf-8, utf-16, us-ascii or a charset of single octets such as iso-8859-1, got ${name ?? 'an unknown one'}; send UTF-8`,
    415,
  );

const decodeUtf8 = (octets: Buffer, repairs = exact): DecodedText | undefined =>
  isUtf8(octets) ? { text: octets.toString('utf8'), isText: true, repairs } : undefined;

function decodeCharacters(octets: Buffer, characters: Characters): DecodedText {
  const text = octetText(octets.toString('latin1'), characters);
  return { text, isText: true, repairs: text.includes('\ufffd') ? inDoubt : exact };
}

const hasMark = (body: Buffer): boolean => body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;

function utf16ByMark(body: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  return body[0] === 0xfe && body[1] === 0xff ? 'utf-16be' : undefined;
}

function decodeUtf16(octets: Buffer, form: 'utf-16le' | 'utf-16be', repairs: readonly Repair[]): DecodedText | HitRejection {
  if (octets.length % 2 > 0) return damaged;
  const text = (form === 'utf-16le' ? octets : Buffer.from(octets).swap16()).toString('utf16le');
  const whole = text.replace(halfPair, '\ufffd');
  return { text: whole, isText: true, repairs: whole === text ? repairs : inDoubt };
}

/** Text of octets, read as Latin-1. */
const octetText = (latin1: string, characters: Characters): string =>
  latin1.replace(/[\x80-\xff]/g, (octet) => characters.charAt(octet.charCodeAt(0) - 0x80));

/** A form as the same form in UTF-8. Each octet is one character, so each is replaced by itself. */
export const octetForm = (latin1: string, characters: Characters): string =>
  latin1.replace(/%([89a-f][0-9a-f])|[\x80-\xff]/gi, (octet, digits: string | undefined) =>
    encodeURIComponent(octetText(digits === undefined ? octet : String.fromCharCode(Number.parseInt(digits, 16)), characters)),
  );
