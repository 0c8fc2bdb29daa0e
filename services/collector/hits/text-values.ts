// Texts of clients: their octets, their length, and characters that the database cannot store.
import { isUtf8 } from 'node:buffer';
import { isStorable } from '../../../runtime/hit';

const wide = /[\x80-\xff]/;

/** Whether octets as Latin-1 text, as in {@link HttpRequest.field}, are UTF-8. */
export const isUtf8Octets = (octets: string): boolean => !wide.test(octets) || isUtf8(Buffer.from(octets, 'latin1'));

/** Octets, as Latin-1 text, decoded as UTF-8 where they are valid, and otherwise kept as Latin-1. */
export function textOfOctets(octets: string): string {
  if (!wide.test(octets)) return octets;
  const bytes = Buffer.from(octets, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : octets;
}

/** The first characters (code points, as PostgreSQL counts them) of a text. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let at = 0;
  for (let count = 0; count < limit && at < text.length; count++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at >= text.length ? text : text.slice(0, at);
}

const unstorable = /\0|\p{Cs}/gu;

/** The text with U+FFFD in place of NUL and of each half of a surrogate pair. */
export const storableText = (text: string): string => (isStorable(text) ? text : text.replace(unstorable, '\ufffd'));

// Each alternative takes linear time: a text can be as long as a body. No digits in single brackets, and in braces a
// letter that is none of a hexadecimal number: Windows writes a GUID so.
const macro =
  /^(?:%%[^%]*%%|%[A-Za-z_][\w.]*[%!]|(?:[$#]\{[^{}]*\}[\w.-]*)+|\{\{\{?[^{}]*\}\}\}?|\{[\dA-Fa-f-]*[G-Zg-z_.:][\w.:-]*\}|\[\[[^[\]]*\]\]|\[%[^%]*%\]|\[[A-Za-z_ .:-]+\]|<%[^%]*%>|\*\|[^|]*\|\*|__[A-Z0-9_]+__|\$\$?[A-Za-z_]+\$\$?)$/;
/** First characters of both, so that other texts need no expression. */
const firstOfMacros = '%$#{[<_*(unN';
const placeholder = /^(?:undefined|null|NULL|nil|NaN|None|\((?:null|none|not set)\)|<null>|\[object \w+\])$/;

/** Whether a text is a macro that no ad server replaced, or the name of a language or a tracker for no value. */
export const isMacro = (text: string): boolean => firstOfMacros.includes(text.charAt(0)) && (placeholder.test(text) || macro.test(text));
