// A rule can read what its guards and its reads name, what is below or around that, and changes without properties.
import { guard, type Rule, remove } from '../../../../lib/tom/rule';
import { canRead, type Read } from '../../../../tools/develop/mutate/reads';
import { assemblyOf, resource } from '../../../lib/tom/rules/example';

const rule: Rule = {
  ...{ name: 'lock', requires: 'locks are shut', types: ['Lock'], check: () => [] },
  guards: [guard('Lock', 'Properties.Bolts.*.Metal', remove)],
  reads: [{ type: '*', path: 'Metadata' }],
};
const assembly = assemblyOf({ Lock: resource('Lock') });
const at = (type: string, path: string): readonly Read[] => [{ type, path }];

test.each<[boolean, readonly Read[] | undefined]>([
  [true, at('Lock', 'Properties.Bolts.3.Metal')],
  [true, at('Lock', 'Properties.Bolts')],
  [true, at('Lock', 'Properties.Bolts.0.Metal.Colour')],
  [true, at('Wall', 'Metadata.owner')],
  [true, at('Lock', '')],
  [true, undefined],
  [true, [...at('Lock', 'Properties.Name'), ...at('Lock', 'Properties.Bolts.0')]],
  [false, at('Lock', 'Properties.Bolts.0.Length')],
  [false, at('Lock', 'Properties.Name')],
  [false, at('Wall', 'Properties.Bolts')],
])('%s: %j', (expected, changed) => {
  expect(canRead(rule, changed, assembly)).toBe(expected);
});
