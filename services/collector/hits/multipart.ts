// Small forms as multipart/form-data (RFC 7578): their texts become a form in percent encoding; files are left out.
import { fieldsLimits } from '../../../runtime/hit';
import { readParameters } from '../http/media-type';
import { type Charset, decodeOctets } from './charset';
import { HitRejection } from './hit-rejection';
import { mostNames } from './raw-hit';
import type { Repair } from './repairs';

export interface MultipartForm {
  /** As application/x-www-form-urlencoded. */
  readonly form: string;
  readonly repairs: readonly Repair[];
}

/** Bytes of the header of a part; a longer one leaves the part out. More than the longest name that a hit can hold. */
const mostHeader = 2 * fieldsLimits.bytes;

const broken = new HitRejection('not-encoded', 'multipart: expected parts between boundaries, got something else');

/**
 * Reads the parts of a body. Left out is a part that is a file, has no name, is encoded or has no end: its text would
 * be cut off, too. The repairs state it.
 */
export function readMultipart(body: Buffer, boundary: string, charset: Charset): MultipartForm | HitRejection {
  // The first delimiter may lack its line break, and have a byte order mark before it.
  const text = `\r\n${body.toString('latin1').replace(/^\xef\xbb\xbf/, '')}`;
  const delimiter = `\r\n--${boundary}`;
  const pairs: string[] = [];
  const repairs = new Set<Repair>();
  let at = text.indexOf(delimiter);
  if (at < 0) return broken;
  for (let end = at; ; at = end) {
    const start = at + delimiter.length;
    if (text.startsWith('--', start)) break;
    end = text.indexOf(delimiter, start);
    if (end < 0) {
      repairs.add('hit:part');
      break;
    }
    if (pairs.length === mostNames) {
      repairs.add('fields:cut');
      break;
    }
    const part = readPart(text.slice(start, end), charset);
    if (typeof part === 'string') repairs.add(part);
    else {
      pairs.push(`${part.name}=${part.value}`);
      for (const repair of part.repairs) repairs.add(repair);
    }
  }
  return pairs.length === 0 && repairs.has('hit:part') ? broken : { form: pairs.join('&'), repairs: [...repairs] };
}

/** In percent encoding. */
interface Part {
  readonly name: string;
  readonly value: string;
  readonly repairs: readonly Repair[];
}

/** A part from the end of its delimiter, in Latin-1; or the repair that leaves it out. */
function readPart(text: string, charset: Charset): Part | Repair {
  const line = /^[\t ]*(?=\r\n)/.exec(text);
  const end = text.indexOf('\r\n\r\n');
  if (line === null || end < 0 || end > mostHeader) return 'hit:part';
  const header = text.slice(line[0].length, end);
  // Deprecated (RFC 7578 section 4.7); no browser encodes a part.
  if (/\r\ncontent-transfer-encoding:(?![\t ]*(?:7bit|8bit|binary))/i.test(header)) return 'hit:part';
  const disposition = /\r\ncontent-disposition:[\t ]*form-data(?=[\t ]*;)([^\r\n]*)/i.exec(header)?.[1];
  const parameters = readParameters(disposition ?? '');
  // A file without a name is the empty choice of a file.
  if (parameters.has('filename') || parameters.has('filename*')) return 'hit:file';
  // Browsers encode three characters of a name (HTML standard, "multipart/form-data encoding algorithm").
  const name = parameters.get('name')?.replaceAll(/%(22|0D|0A)/gi, decodeURIComponent);
  if (name === undefined || name === '') return 'hit:part';
  return encodePart(name, text.slice(end + 4), charset);
}

function encodePart(name: string, value: string, charset: Charset): Part | Repair {
  const first = decodeOctets(Buffer.from(name, 'latin1'), charset);
  const second = decodeOctets(Buffer.from(value, 'latin1'), charset);
  if (first instanceof HitRejection || second instanceof HitRejection) return 'hit:part';
  const isText = first.isText && second.isText;
  return {
    name: encodeURIComponent(first.text),
    value: encodeURIComponent(second.text),
    repairs: isText ? [...first.repairs, ...second.repairs] : ['hit:encoding'],
  };
}
