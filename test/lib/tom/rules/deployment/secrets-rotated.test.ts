import { secretsRotated } from '../../../../../lib/tom/rules/deployment/secrets-rotated';
import { database } from '../database/example-database';
import { answers, changed, type Resources, ref, without } from '../example';

const verdict = (resources: Resources) => answers(secretsRotated, resources).Secret;

test('a generated secret with a rotation complies', () => {
  expect(verdict(database)).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['a written one', changed(database, 'Secret', { GenerateSecretString: undefined, SecretString: 'x' }), ['generated']],
  ['one without rotation', without(database, 'Rotation'), ['rotated']],
  ['the rotation of another', changed(database, 'Rotation', { SecretId: ref('Other') }), ['rotated']],
  ['a rotation once a year', changed(database, 'Rotation', { RotationRules: { AutomaticallyAfterDays: 365 } }), ['rotated']],
  ['a rotation without an interval', changed(database, 'Rotation', { RotationRules: undefined }), ['rotated']],
  ['a rotation by a function from elsewhere', changed(database, 'Rotation', { RotationLambdaARN: 'arn:aws:lambda:x' }), ['rotated']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});
