// The reader of environment variables: forms, defaults, and one error for all variables at fault.
import { databaseForms, type Forms, optional, readVariables } from '../../runtime/environment';

interface Example {
  readonly NAME: string;
  readonly SIZE?: string;
  readonly FOLDER?: string;
}

const forms: Forms<Example> = {
  NAME: [/^[a-z]+$/, 'a name'],
  SIZE: [/^\d+$/, 'a number', '5'],
  FOLDER: [/^\/\S+$/, 'a folder', optional],
};
const read = (from: Readonly<Record<string, string | undefined>>) => readVariables(from, forms, 'deploy again');

test('reads the variables of the contract, fills in defaults and leaves other variables out', () => {
  expect(read({ NAME: 'a', OTHER: 'x' })).toEqual({ NAME: 'a', SIZE: '5', FOLDER: '' });
  expect(read({ NAME: 'a', SIZE: '7', FOLDER: '/spool' })).toEqual({ NAME: 'a', SIZE: '7', FOLDER: '/spool' });
  expect(read({ NAME: 'a', FOLDER: '' })).toMatchObject({ FOLDER: '' });
});

test.each([
  [{}, 'NAME: expected a name, got undefined; deploy again'],
  [{ NAME: '' }, 'NAME: expected a name, got ""; deploy again'],
  [{ NAME: 'a', SIZE: '' }, 'SIZE: expected a number, got ""; deploy again'],
  [{ NAME: 'a', FOLDER: 'spool' }, 'FOLDER: expected a folder, got "spool"; deploy again'],
  [
    { SIZE: 'x', FOLDER: 'x' },
    'NAME: expected a name, got undefined; deploy again\n' +
      'SIZE: expected a number, got "x"; deploy again\n' +
      'FOLDER: expected a folder, got "x"; deploy again',
  ],
])('%j is refused, with a line for each variable at fault', (from, message) => {
  expect(() => read(from)).toThrow(new Error(message));
});

test('a function signs in as its own role and no other', () => {
  const [pattern] = databaseForms('rempart_application').DATABASE_USER;
  expect(['rempart_application', 'rempart_maintenance', 'rempart_application2'].filter((role) => pattern.test(role))).toEqual([
    'rempart_application',
  ]);
});
