// The three rules of the closed world on the templates of production.
import { dirname } from 'node:path';
import { evaluateRule } from '../../../../../lib/tom/evaluate';
import type { Rule } from '../../../../../lib/tom/rule';
import { declaredProperties } from '../../../../../lib/tom/rules/deployment/declared-properties';
import { declaredResources } from '../../../../../lib/tom/rules/deployment/declared-resources';
import { declaredSections } from '../../../../../lib/tom/rules/deployment/declared-sections';
import { Assembly, type StackTemplate, type Template } from '../../../../../lib/tom/template/assembly';
import { subjectIn } from '../../../../../tools/develop/mutate/subjects';
import { synthesized } from '../../../../synthesized/synthesized';

const { assembly } = subjectIn({ folder: dirname(synthesized('production').folder), site: { deployment: 'production', site: 'home' } });

/** Ids of the findings after a change of the template of the data stack. */
function findingsAfter(rule: Rule, change: (template: Template) => Partial<Template>): readonly string[] {
  const stacks = assembly.stacks.map(
    (stack): StackTemplate =>
      stack.name === 'production-data' ? { ...stack, template: { ...stack.template, ...change(stack.template) } } : stack,
  );
  return evaluateRule(new Assembly(assembly.facts, stacks), rule).flatMap(({ verdict }) =>
    verdict === 'not-applicable' ? [] : verdict.map(({ id }) => id),
  );
}

const resourcesOf = ({ Resources = {} }: Template) => Resources;
const withId = (template: Template, prefix: string): string => Object.keys(resourcesOf(template)).find((id) => id.startsWith(prefix)) ?? '';

test.each([declaredResources, declaredProperties, declaredSections])('production has no finding of $name', (rule) => {
  expect(findingsAfter(rule, () => ({}))).toEqual([]);
});

test('a resource without declaration is a finding', () => {
  const added = { Further: { Type: 'AWS::S3::Bucket' } };
  expect(findingsAfter(declaredResources, (template) => ({ Resources: { ...resourcesOf(template), ...added } }))).toEqual(['undeclared']);
});

test('a resource of the declared name and another type is a finding, and the declared one is missing in no case', () => {
  const change = (template: Template) => {
    const id = withId(template, 'Uploads4');
    return { Resources: { ...resourcesOf(template), [id]: { Type: 'AWS::S3::BucketPolicy' } } };
  };
  expect(findingsAfter(declaredResources, change)).toEqual(['undeclared']);
});

test('the same name under another hash is a finding for both', () => {
  const change = (template: Template) => {
    const id = withId(template, 'Uploads4');
    return { Resources: { ...resourcesOf(template), Uploads00000000: resourcesOf(template)[id] as never } };
  };
  expect(findingsAfter(declaredResources, change)).toEqual(['twice', 'twice']);
});

test('a removed resource is a finding of its stack', () => {
  const change = (template: Template) => {
    const { [withId(template, 'Uploads4')]: _, ...others } = resourcesOf(template);
    return { Resources: others };
  };
  expect(findingsAfter(declaredResources, change)).toContain('missing::data/Uploads');
});

test('a removed stack is a finding of another', () => {
  const rest = new Assembly(
    assembly.facts,
    assembly.stacks.filter(({ name }) => name !== 'production-edge'),
  );
  const ids = evaluateRule(rest, declaredResources).flatMap(({ verdict }) =>
    verdict === 'not-applicable' ? [] : verdict.map(({ id }) => id),
  );
  expect(ids).toContain('missing::edge/LoadBalancer');
});

test('an output that nothing imports is a finding', () => {
  const change = ({ Outputs }: Template) => ({ Outputs: { ...Outputs, Token: { Value: 'text' } } }) as Partial<Template>;
  expect(findingsAfter(declaredSections, change)).toEqual(['output::Token']);
});
