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

test.each([
  ['nothing', undefined],
  ['no site', { ...request, site: 'x' }],
  ['nobody', { ...request, person: {} }],
  ['an id that is none', { ...request, person: { id: '1' } }],
  ['a pseudonym too long', { ...request, person: { visitor: 'x'.repeat(129) } }],
  ['nobody who asks', { ...request, actor: {} }],
])('a request with %s is refused', (_, event) => expect(() => readPersonRequest(event)).toThrow(TypeError));
