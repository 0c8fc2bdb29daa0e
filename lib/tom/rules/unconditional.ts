// TOM-6.10: what a template says is what is deployed; no resource depends on a parameter or condition of the template.
import { finding, type Rule, set } from '../rule';

export const unconditional: Rule = {
  name: 'unconditional',
  requires: 'no resource is left out by a condition of the template, so that a control that is read is a control that stands',
  types: ['*'],
  check(resource) {
    // The library's usage record is left out in regions that do not know it.
    if (resource.type === 'AWS::CDK::Metadata') return 'not-applicable';
    if (resource.json.Condition === undefined) return [];
    return [
      finding(
        resource,
        'condition',
        'Condition',
        'no condition',
        'Decide in TypeScript, by the configuration, whether the resource exists.',
      ),
    ];
  },
  guards: [{ type: '*', path: 'Condition', breaks: [set('Never')], where: (resource) => resource.type !== 'AWS::CDK::Metadata' }],
};
