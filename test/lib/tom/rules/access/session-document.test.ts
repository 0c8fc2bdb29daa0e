import { sessionDocument } from '../../../../../lib/tom/rules/access/session-document';
import { answers, att, changed, join, key, type Resources, resource, without } from '../example';
import { controlExample, type ExampleControl, keptViolations, withVariables } from './example-control';

/** The key in the inputs is a reference, which the text has, too. */
const text = join('{"kmsKeyId":"', att('Key'), '","idleSessionTimeout":"15"}');
const control: ExampleControl = {
  control: 'session-document',
  variables: { BOUNDARY: 'arn:aws:iam::111111111111:policy/production-boundary-eu-west-3', INPUTS: text },
  ...{ trigger: 'schedule', expression: 'rate(1 hour)', gap: 6 * 3600 },
};
const custom = resource('Custom::SessionDocument', { ServiceToken: att('Function'), Inputs: text });
const document = resource('AWS::SSM::Document', {
  Name: 'production-shell',
  Content: { inputs: { kmsKeyId: att('Key'), idleSessionTimeout: '15' } },
});
const more: Resources = { ...key, Document: document, Set: custom };
const example: Resources = { ...controlExample(control), ...more };
const verdict = (resources: Resources) => answers(sessionDocument, resources).Trail;

test('the inputs of the session document comply, with their watch', () => {
  expect(verdict(example)).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ...keptViolations(control, more),
  ['other inputs', withVariables(example, control, { INPUTS: '{"idleSessionTimeout":"60"}' }), ['variable::INPUTS', 'set']],
  ['no inputs', withVariables(example, control, { INPUTS: undefined }), ['variable::INPUTS', 'set']],
  ['no session document', without(example, 'Document'), ['variable::INPUTS']],
  [
    'a session document with another time',
    changed(example, 'Document', { Content: { inputs: { kmsKeyId: att('Key'), idleSessionTimeout: '20' } } }),
    ['variable::INPUTS'],
  ],
  ['a custom resource without inputs', changed(example, 'Set', { Inputs: undefined }), ['set']],
  ['inputs that differ from the variable', changed(example, 'Set', { Inputs: '{}' }), ['set']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});
