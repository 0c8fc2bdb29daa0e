// TOM-6.10: each property of each resource has a value that the form of its declaration admits, or is harmless.
import { append, everySection, type Finding, guard, type Rule, remove, set } from '../../rule';
import { bucketType, functionType } from '../../template/resource-types';
import { declarationFor, deviationsOf } from '../../world/declared';

const fix = 'Restore the value, or change the form of the declaration in lib/tom/world; a reviewer then sees the new promise.';

export const declaredProperties: Rule = {
  name: 'declared-properties',
  requires: 'each property of each resource has a value that its declaration admits, or is listed as harmless',
  types: ['*'],
  check(resource, assembly) {
    const declared = declarationFor(resource, assembly);
    // A resource without declaration is a finding of declared-resources.
    if (!declared) return 'not-applicable';
    return deviationsOf(resource, declared, assembly).map(
      ({ path, found, required }): Finding => ({ id: path === '' ? 'whole' : path, path, found, required, fix }),
    );
  },
  guards: [
    guard('*', 'Condition', set('Sometimes')),
    guard('*', 'DependsOn', append('Elsewhere')),
    guard(bucketType, 'Properties.AccelerateConfiguration', set({ AccelerationStatus: 'Enabled' })),
    guard(functionType, 'Properties.Layers', set(['arn:aws:lambda:eu-west-3:111111111111:layer:other:1'])),
    guard(functionType, 'Properties.Role', remove),
  ],
  reads: everySection,
};
