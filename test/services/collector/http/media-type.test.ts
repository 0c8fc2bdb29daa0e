// Media types as the Fetch and MIME Sniffing standards read them.
import { readMediaType } from '../../../../services/collector/http/media-type';

test.each<[string, string | undefined, Record<string, string>?]>([
  ['text/plain', 'text/plain'],
  [' Text/Plain ; Charset = x; charset=UTF-8', 'text/plain', { charset: 'UTF-8' }],
  ['text/plain;charset="utf-8"', 'text/plain', { charset: 'utf-8' }],
  ['text/plain;charset="a;b\\"c, d";x=y', 'text/plain', { charset: 'a;b"c, d', x: 'y' }],
  ['text/plain;charset=a;charset=b', 'text/plain', { charset: 'a' }],
  ['text/plain;;charset=a;', 'text/plain', { charset: 'a' }],
  ['multipart/form-data; boundary="a,b"', 'multipart/form-data', { boundary: 'a,b' }],
  ['multipart/form-data; boundary="a', 'multipart/form-data', { boundary: '"a' }],
  // Of several fields, which are joined by commas, the last readable one.
  ['text/plain;charset=a, application/json', 'application/json', {}],
  ['application/json, x', 'application/json', {}],
  ['application/vnd.api+json', 'application/vnd.api+json'],
  ['text', undefined],
  ['text/', undefined],
  ['/plain', undefined],
  ['text/pl ain', undefined],
  ['', undefined],
  [`text/plain;a=${'x'.repeat(600)}`, undefined],
])('%j is %s', (field, type, parameters = {}) => {
  const media = readMediaType(field);
  expect(media?.type).toBe(type);
  expect(Object.fromEntries(media?.parameters ?? [])).toEqual(parameters);
});
