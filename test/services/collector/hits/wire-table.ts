// Requests as clients write them on the wire, in Latin-1.

const crlf = '\r\n';
const octetsOf = (body: string | Buffer): string => (typeof body === 'string' ? Buffer.from(body) : body).toString('latin1');

export function post(target: string, body: string | Buffer, ...fields: readonly string[]): string {
  const octets = octetsOf(body);
  return [`POST ${target} HTTP/1.1`, 'Host: collect.example', ...fields, `Content-Length: ${octets.length}`, '', octets].join(crlf);
}

export const pixel = (query: string, ...fields: readonly string[]): string =>
  [`GET /hit.gif?${query} HTTP/1.1`, 'Host: collect.example', ...fields, '', ''].join(crlf);

export const type = (value: string): string => `Content-Type: ${value}`;
export const coding = (value: string): string => `Content-Encoding: ${value}`;
export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
export const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** A body of multipart/form-data; each part is its header and its text. */
export const parts = (...all: readonly (readonly [string, string])[]): string =>
  `${all.map(([header, text]) => `--b${crlf}${header}${crlf}${crlf}${text}${crlf}`).join('')}--b--${crlf}`;
export const named = (name: string, more = ''): string => `Content-Disposition: form-data; name="${name}"${more}`;
export const inParts = type('multipart/form-data; boundary=b');
