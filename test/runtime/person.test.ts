// Requests about a person, from an operator or the portal.
import { readPersonRequest } from '../../runtime/person';

const request = { site: 3, person: { id: '0f8fad5b-d9cb-469f-a165-70867728950e' }, actor: { name: 'ada', from: 'desk' } };

test('a valid request about a person is read', () => {
  expect(readPersonRequest(request)).toEqual(request);
  expect(readPersonRequest({ ...request, person: { visitor: 'v' } })).toEqual({ ...request, person: { visitor: 'v' } });
  expect(readPersonRequest({ ...request, person: { ...request.person, visitor: 'v' } }).person).toEqual({
    ...request.person,
    visitor: 'v',
  });
});

test('a visitor that hits store as a hash is found by the text that the client sent', () => {
  const visitorOf = (visitor: string) => readPersonRequest({ ...request, person: { visitor } }).person.visitor;
  for (const kept of ['x'.repeat(128), '🂡'.repeat(128), 'a\tb']) expect(visitorOf(kept)).toBe(kept);
  const hashed = ['x'.repeat(129), 'x'.repeat(130), 'a\0', 'a\ud800', 'a\ud801'].map(visitorOf);
  for (const visitor of hashed) expect(visitor).toMatch(/^sha256-[0-9a-f]{64}$/);
  expect(new Set(hashed).size).toBe(5);
});

test.each([
  ['nothing', undefined],
  ['no site', { ...request, site: 'x' }],
  ['nobody', { ...request, person: {} }],
  ['an id that is none', { ...request, person: { id: '1' } }],
  ['a pseudonym that is none', { ...request, person: { visitor: '' } }],
  ['a pseudonym in digits', { ...request, person: { visitor: 7 } }],
  ['nobody who asks', { ...request, actor: {} }],
])('a request with %s is refused', (_, event) => expect(() => readPersonRequest(event)).toThrow(TypeError));
