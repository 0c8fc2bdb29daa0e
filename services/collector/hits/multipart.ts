// Small forms as multipart/form-data (RFC 7578): their texts become a form in percent encoding; files are left out.
import { isUtf8 } from 'node:buffer';
import { readParameters } from '../http/media-type';
import { type Charset, westernText } from './charset';
import { HitRejection } from './hit-rejection';
import type { Repair } from './repairs';

export interface MultipartForm {
  /** As application/x-www-form-urlencoded. */
  readonly form: string;
  readonly repairs: readonly Repair[];
}

/** Of a body; header and name in bytes. A name has the length of a name in a form that its hit can use. */
const limits = { parts: 256, header: 1024, name: 256 } as const;

const broken = new HitRejection('not-encoded', 'multipart: expected parts between boundaries up to the closing one, got something else');
const tooMany = new HitRejection('too-long', `multipart: expected at most ${limits.parts} parts, got more`);
const tooLong = new HitRejection(
  'too-long',
  `multipart: expected at most ${limits.header} bytes of header and ${limits.name} of name in a part, got more`,
);

/**
 * Reads a body up to its closing boundary. A part that is a file, or has no name, is left out, and a text that is not
 * UTF-8 is read as Latin-1; `repairs` states both.
 *
 * @returns the reason of the refusal of a body that is cut off: its last text would be too
 */
export function readMultipart(body: Buffer, boundary: string, charset: Charset): MultipartForm | HitRejection {
  // The first delimiter may lack its line break.
  const text = `\r\n${body.toString('latin1')}`;
  const delimiter = `\r\n--${boundary}`;
  const pairs: string[] = [];
  const repairs = new Set<Repair>();
  let at = text.indexOf(delimiter);
  for (let parts = 0; at >= 0; parts++) {
    const start = at + delimiter.length;
    if (text.startsWith('--', start)) return { form: pairs.join('&'), repairs: [...repairs] };
    if (parts === limits.parts) return tooMany;
    at = text.indexOf(delimiter, start);
    if (at < 0) return broken;
    const part = readPart(text.slice(start, at));
    if (part instanceof HitRejection) return part;
    if (typeof part === 'string') repairs.add(part);
    else {
      pairs.push(`${encode(part.name, charset)}=${encode(part.value, charset)}`);
      if (charset === 'utf-8' && !isText(part)) repairs.add('hit:encoding');
    }
  }
  return broken;
}

const isText = ({ name, value }: Part): boolean => isUtf8(Buffer.from(name + value, 'latin1'));

/** Octets as Latin-1 text in the percent encoding of a form. */
function encode(octets: string, charset: Charset): string {
  if (charset === 'windows-1252') return encodeURIComponent(westernText(octets));
  const bytes = Buffer.from(octets, 'latin1');
  return encodeURIComponent(isUtf8(bytes) ? bytes.toString('utf8') : octets);
}

interface Part {
  /** In Latin-1, as the value. */
  readonly name: string;
  readonly value: string;
}

/** A part from the end of its delimiter; its name and text in Latin-1, or the repair that leaves it out. */
function readPart(text: string): Part | Repair | HitRejection {
  const line = /^[\t ]*(?=\r\n)/.exec(text);
  const end = text.indexOf('\r\n\r\n');
  if (line === null || end < 0) return broken;
  if (end > limits.header) return tooLong;
  const header = text.slice(line[0].length, end);
  // Deprecated (RFC 7578 section 4.7); no browser encodes a part.
  if (/\r\ncontent-transfer-encoding:[\t ]*(?!7bit|8bit|binary)/i.test(header)) return broken;
  const disposition = /\r\ncontent-disposition:[\t ]*form-data(?=[\t ]*;)([^\r\n]*)/i.exec(header)?.[1];
  const parameters = readParameters(disposition ?? '');
  // A file without a name is the empty choice of a file.
  if (parameters.has('filename') || parameters.has('filename*')) return 'hit:file';
  // Browsers encode three characters of a name (HTML standard, "multipart/form-data encoding algorithm").
  const name = parameters.get('name')?.replaceAll(/%(22|0D|0A)/gi, decodeURIComponent);
  if (name === undefined || name === '') return 'hit:part';
  return name.length > limits.name ? tooLong : { name, value: text.slice(end + 4) };
}
