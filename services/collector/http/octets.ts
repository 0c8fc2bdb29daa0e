// Which octets may stand where (RFC 9110 section 5.6, RFC 9112): tables, so that a look-up decides.

const table = (allowed: (octet: number) => boolean): Uint8Array => Uint8Array.from({ length: 256 }, (_, octet) => Number(allowed(octet)));
const isOneOf = (text: string) => (octet: number) => text.includes(String.fromCharCode(octet));
const letterOrDigit = (octet: number) => /[A-Za-z0-9]/.test(String.fromCharCode(octet));

/** `tchar`: methods and field names. */
export const token = table((octet) => letterOrDigit(octet) || isOneOf("!#$%&'*+-.^_`|~")(octet));

/** `field-vchar`, space and tab: field values. No other control character, no NUL, no line break. */
export const fieldValue = table((octet) => octet === 9 || (octet >= 0x20 && octet !== 0x7f));

/**
 * Request targets: visible ASCII without `#`. Browsers leave `|`, `{`, `^` and the like as they are in queries, so that the narrower
 * grammar of RFC 3986 would refuse what people send.
 */
export const targetCharacter = table((octet) => octet > 0x20 && octet < 0x7f && octet !== 0x23);

/** Host and port (RFC 3986 section 3.2.2), loosely: what matters is that nothing else hides in them. */
export const hostCharacter = table((octet) => letterOrDigit(octet) || isOneOf("-._~!$&'()*+,;=:[]%")(octet));

/** Value of a hexadecimal digit; 255 for what is none. */
export const hexDigit = Uint8Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(octet);
  return /[0-9a-fA-F]/.test(character) ? Number.parseInt(character, 16) : 255;
});

export const octet = { tab: 9, lineFeed: 10, carriageReturn: 13, space: 32, colon: 58, semicolon: 59, question: 63 } as const;
