// Canonical form of texts: no two texts have one form.
import { canonical } from '../../../../lib/tom/template/canonical';
import { assemblyOf, resource } from '../rules/example';

const assembly = assemblyOf({ Thing: resource('AWS::S3::Bucket') });
const [stack] = assembly.stacks;
const formOf = (value: Parameters<typeof canonical>[0]) => canonical(value, stack as never, assembly);

test('a literal is no reference, and no other literal', () => {
  const forms = [formOf({ Ref: 'Thing' }), formOf('${example/Thing}'), formOf('$!{example/Thing}'), formOf('$!!{example/Thing}')];
  expect(forms).toEqual(['${example/Thing}', '$!{example/Thing}', '$!!{example/Thing}', '$!!!{example/Thing}']);
});

test('a substitution has the form of the text that it results in', () => {
  expect(formOf({ 'Fn::Sub': 'a ${!b} ${Thing}' })).toBe('a $!{b} ${example/Thing}');
});
