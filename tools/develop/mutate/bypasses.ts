// Bypasses: the templates with added resources that would circumvent a rule, as the rules list them.
import type { Bypass, Rule } from '../../../lib/tom/rule';
import { Assembly, type Resource, type StackTemplate } from '../../../lib/tom/template/assembly';
import type { Subject } from './mutants';

/**
 * The resource whose stack receives a bypass by default: the VPC, in the network stack, which most promises concern.
 */
const defaultNeighbour = 'AWS::EC2::VPC';

export interface Attempt {
  readonly rule: Rule;
  readonly subject: Subject;
  readonly bypass: Bypass;
  /** The templates with the bypass. */
  readonly assembly: Assembly;
  /** The first added resource to which the rule applies, where its objection mostly is. */
  readonly first: Resource | undefined;
}

/**
 * Adds each bypass of a rule to the templates, one at a time. Templates without the resource that it names are not
 * tried.
 */
export function attemptsOf(rule: Rule, subject: Subject): readonly Attempt[] {
  return (rule.bypasses ?? []).flatMap((bypass) => {
    const grown = addBypass(bypass, subject.assembly);
    if (!grown) return [];
    const first = grown.added.find(({ type }) => rule.types.includes('*') || rule.types.includes(type));
    return [{ rule, subject, bypass, assembly: grown.assembly, first }];
  });
}

interface Grown {
  readonly assembly: Assembly;
  readonly added: readonly Resource[];
}

function addBypass({ name, resources, beside = defaultNeighbour }: Bypass, assembly: Assembly): Grown | undefined {
  const [place] = assembly.ofType(beside);
  if (!place) return undefined;
  const { stack } = place;
  const there = stack.template.Resources ?? {};
  const added = typeof resources === 'function' ? resources(place, assembly) : resources;
  const taken = Object.keys(added).find((id) => Object.hasOwn(there, id));
  if (taken !== undefined)
    throw new Error(`bypass ${name}: expected a logical id that ${stack.name} does not have, got ${taken}; rename it`);
  const grown: StackTemplate = { ...stack, template: { ...stack.template, Resources: { ...there, ...added } } };
  const stacks = assembly.stacks.map((other) => (other === stack ? grown : other));
  const result = new Assembly(assembly.facts, stacks);
  return { assembly: result, added: Object.keys(added).flatMap((id) => result.resource(stack.name, id) ?? []) };
}
