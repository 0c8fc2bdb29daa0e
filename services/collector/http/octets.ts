// Tables of the octets allowed in each part of a message (RFC 9110 section 5.6, RFC 9112).

const table = (allowed: (octet: number) => boolean): Uint8Array => Uint8Array.from({ length: 256 }, (_, octet) => Number(allowed(octet)));
const isOneOf = (text: string) => (octet: number) => text.includes(String.fromCharCode(octet));
const letterOrDigit = (octet: number) => /[A-Za-z0-9]/.test(String.fromCharCode(octet));

/** `tchar`: methods and field names. */
export const token = table((octet) => letterOrDigit(octet) || isOneOf("!#$%&'*+-.^_`|~")(octet));

/** `field-vchar`, space and tab: field values. No other control character, no NUL, no line break. */
export const fieldValue = table((octet) => octet === 9 || (octet >= 0x20 && octet !== 0x7f));

/** `qdtext`: the text between quotes, without backslash (RFC 9110 section 5.6.4). */
export const quotedText = table((octet) => fieldValue[octet] === 1 && octet !== 0x22 && octet !== 0x5c);

/**
 * Request targets: visible ASCII without `#`. Browsers do not encode `|`, `{`, `^` and others in queries, so the
 * narrower grammar of RFC 3986 would refuse valid hits.
 */
export const targetCharacter = table((octet) => octet > 0x20 && octet < 0x7f && octet !== 0x23);

/**
 * After the question mark: octets above ASCII too, which old pages send as they are. nginx accepts them, llhttp does
 * not; they separate nothing, so no two parsers differ on the end of the target.
 */
export const queryCharacter = table((octet) => targetCharacter[octet] === 1 || octet >= 0x80);

/** Host and port (RFC 3986 section 3.2.2), loosely: no character of another part is allowed. */
export const hostCharacter = table((octet) => letterOrDigit(octet) || isOneOf("-._~!$&'()*+,;=:[]%")(octet));

/** Value of a hexadecimal digit; 255 for any other octet. */
export const hexDigit = Uint8Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(octet);
  return /[0-9a-fA-F]/.test(character) ? Number.parseInt(character, 16) : 255;
});

export const octet = {
  tab: 9,
  lineFeed: 10,
  carriageReturn: 13,
  space: 32,
  quote: 34,
  colon: 58,
  semicolon: 59,
  equals: 61,
  question: 63,
  backslash: 92,
} as const;
