// Intruders: the templates with resources added that would get round a rule, as the rules name them.

import type { Bypass, Rule } from '../../../lib/tom/rule';
import { Assembly, type StackTemplate } from '../../../lib/tom/template/assembly';
import type { Subject } from './mutants';

/** Beside what an bypass is put that does not say: the network, where most of what is promised stands. */
const commonPlace = 'AWS::EC2::VPC';

export interface Attempt {
  readonly rule: Rule;
  readonly subject: Subject;
  readonly bypass: Bypass;
  /** The templates with the bypass in them. */
  readonly assembly: Assembly;
}

/** Puts each bypass of a rule into the templates, one at a time. Templates without a place for it are not tried. */
export function attemptsOf(rule: Rule, subject: Subject): readonly Attempt[] {
  return (rule.bypasses ?? []).flatMap((bypass) => {
    const assembly = addBypass(bypass, subject.assembly);
    return assembly ? [{ rule, subject, bypass, assembly }] : [];
  });
}

function addBypass({ name, resources, beside = commonPlace }: Bypass, assembly: Assembly): Assembly | undefined {
  const [place] = assembly.ofType(beside);
  if (!place) return undefined;
  const { stack } = place;
  const there = stack.template.Resources ?? {};
  const added = typeof resources === 'function' ? resources(place, assembly) : resources;
  const taken = Object.keys(added).find((id) => Object.hasOwn(there, id));
  if (taken !== undefined)
    throw new Error(`bypass ${name}: expected a logical id that ${stack.name} does not have, got ${taken}; rename it`);
  const grown: StackTemplate = { ...stack, template: { ...stack.template, Resources: { ...there, ...added } } };
  return new Assembly(
    assembly.facts,
    assembly.stacks.map((other) => (other === stack ? grown : other)),
  );
}
