// Validation of site ids, actors and context proofs.
import { createHmac } from 'node:crypto';
import { siteId } from '../../runtime/site';
import { parseContextKey, proveContext } from '../../runtime/site-context';

test.each([[1], [2147483647], ['1'], ['2147483647']])('%j is the id of a site', (value) => expect(siteId(value)).toBe(Number(value)));

test.each([
  [0],
  [-1],
  [1.5],
  [2147483648],
  [Number.NaN],
  ['01'],
  [' 1'],
  ['1; drop table sites'],
  ['0x1'],
  ['1e3'],
  [''],
  [null],
  [undefined],
  [{}],
  [[1]],
  [true],
])('%j is invalid', (value) => expect(() => siteId(value)).toThrow(/site id: expected a whole number from 1 to 2147483647, got/));

test('a proof covers the transaction, the site, all fields of the actor, the outcome and its detail', () => {
  const key = { version: 4, key: Buffer.alloc(32, 1) };
  const actor = { name: 'ada', from: 'here', doing: 'x' };
  const expected = createHmac('sha256', key.key).update('12.34\n5\nada\nhere\nx\ndone\n').digest('hex');
  expect(proveContext(key, '12.34', siteId(5), actor)).toBe(`4:${expected}`);
  const failed = createHmac('sha256', key.key).update('12.34\n5\nada\nhere\nx\nfailed\n22012').digest('hex');
  expect(proveContext(key, '12.34', siteId(5), actor, { outcome: 'failed', detail: '22012' })).toBe(`4:${failed}`);
});

test.each([
  ['{}'],
  ['{"version":0,"key":"AAAA"}'],
  ['{"version":1,"key":"AAAA"}'],
  [`{"version":1,"key":"${Buffer.alloc(65).toString('base64')}"}`],
])('%s is not a context key', (secret) => expect(() => parseContextKey(secret)).toThrow(/context key: expected/));

test('a context key is read from its secret', () => {
  expect(parseContextKey(JSON.stringify({ version: 2, key: Buffer.alloc(32, 9).toString('base64') }))).toEqual({
    version: 2,
    key: Buffer.alloc(32, 9),
  });
});
