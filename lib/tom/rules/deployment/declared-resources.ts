// TOM-6.10: the resources of the templates are those that lib/tom/world declares, by name and type.
// A second policy, listener or bucket beside a declared one has a name that no declaration has.
import { type Finding, finding, guard, type Rule, remove, set } from '../../rule';
import type { Assembly, Resource, StackTemplate } from '../../template/assembly';
import { nameOf, stackNameOf } from '../../template/names';
import { bucketPolicyType, functionType, roleType } from '../../template/resource-types';
import { declarationFor, declaredOf } from '../../world/declared';
import { newResource } from '../bypass';

const undeclaredFix = 'Remove the resource, or declare its name and form in lib/tom/world; a reviewer then sees the addition.';

export const declaredResources: Rule = {
  name: 'declared-resources',
  requires: 'each resource of the templates is declared by name and type, and each declared resource exists once',
  types: ['*'],
  check(resource, assembly) {
    const name = nameOf(resource, assembly.facts);
    if (!declarationFor(resource, assembly)) return [undeclaredFinding(resource, name, assembly)];
    const twins = namesakes(resource, assembly);
    return twins.length === 1 ? [] : [finding(resource, 'twice', '', `one resource ${name}, not ${twins.length}`, undeclaredFix)];
  },
  checkStack(stack, assembly) {
    const present = new Set(assembly.resources.map((resource) => nameOf(resource, assembly.facts)));
    return [...declaredOf(assembly).keys()].filter((name) => !present.has(name) && isReportedAt(stack, name, assembly)).map(missingFinding);
  },
  guards: [guard('*', '', remove), guard('*', 'Type', set('AWS::CloudFormation::WaitConditionHandle'))],
  reads: [{ type: 'Stack', path: 'template' }],
  bypasses: [bucketPolicyType, functionType, roleType].map((type) => ({
    name: `a further ${type}`,
    resources: { Further: newResource(type) },
  })),
};

function undeclaredFinding(resource: Resource, name: string, assembly: Assembly): Finding {
  const type = declaredOf(assembly).get(name)?.declaration.type;
  const required = type === undefined ? `a resource that lib/tom/world declares; ${name} is none` : `the type ${type} for ${name}`;
  return { id: 'undeclared', path: 'Type', found: resource.type, required, fix: undeclaredFix };
}

function namesakes(resource: Resource, assembly: Assembly): readonly Resource[] {
  const name = nameOf(resource, assembly.facts);
  return assembly.ofType(resource.type).filter((other) => nameOf(other, assembly.facts) === name);
}

/** A missing resource is a finding of its stack; one whose stack is missing too, of the first stack. */
function isReportedAt(stack: StackTemplate, name: string, assembly: Assembly): boolean {
  const [owner] = name.split('/');
  const home = assembly.stacks.find((candidate) => stackNameOf(candidate, assembly.facts) === owner) ?? assembly.stacks[0];
  return home === stack;
}

const missingFinding = (name: string): Finding => ({
  id: `missing::${name}`,
  path: 'Resources',
  found: undefined,
  required: `the declared resource ${name}`,
  fix: 'Add the resource, or remove its declaration from lib/tom/world; a reviewer then sees the removal.',
});
