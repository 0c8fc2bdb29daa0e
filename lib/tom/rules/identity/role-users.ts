// TOM-3.5: the one resource that lib/tom/world declares for a role uses it, and no other.
import { everySection, type Finding, guard, type Rule, set, type Verdict } from '../../rule';
import { type Assembly, isObject, type Resource } from '../../template/assembly';
import { canonicalResource } from '../../template/canonical';
import { nameOf } from '../../template/names';
import { functionType, roleType } from '../../template/resource-types';
import { textsOfObject } from '../../template/texts';
import { roleUses } from '../../world/role-users';
import { newResource } from '../bypass';

export const roleUsers: Rule = {
  name: 'role-users',
  requires: 'each role is used by the one resource that is declared for it, and by no other',
  types: [roleType],
  check(role, assembly): Verdict {
    const name = nameOf(role, assembly.facts);
    const declared = roleUses(assembly.facts)[name];
    if (declared === undefined) return [unknownFinding(name)];
    const found = usesOf(assembly).get(name) ?? [];
    return [
      ...found.filter((use) => !declared.includes(use)).map((use) => useFinding(use, name, declared)),
      ...declared.filter((use) => !found.includes(use)).map((use) => missingFinding(use, name)),
    ];
  },
  guards: [
    guard('AWS::Lambda::Function', 'Properties.Role', set('arn:aws:iam::111111111111:role/another')),
    guard('AWS::IAM::InstanceProfile', 'Properties.Roles', set([])),
    guard('AWS::RDS::DBProxy', 'Properties.RoleArn', set('arn:aws:iam::111111111111:role/another')),
    guard('AWS::Scheduler::Schedule', 'Properties.Target.RoleArn', set('arn:aws:iam::111111111111:role/another')),
  ],
  bypasses: [
    {
      name: 'a function with the role of another',
      beside: roleType,
      resources: ({ logicalId }) => ({ Further: newResource(functionType, { Role: { 'Fn::GetAtt': [logicalId, 'Arn'] } }) }),
    },
    { name: 'a role without a user', resources: { Further: newResource(roleType) } },
  ],
  reads: everySection,
};

const fixOfUse = 'Give the resource a role of its own; lib/tom/world/role-users.ts declares the user of each role.';

const useFinding = (use: string, name: string, declared: readonly string[]): Finding => ({
  id: `use::${use}`,
  path: '',
  found: use,
  required: `no use of ${name} but ${declared.join(', ')}`,
  fix: fixOfUse,
});

const unknownFinding = (name: string): Finding => ({
  id: 'unknown',
  path: '',
  found: name,
  required: 'a role whose one user lib/tom/world/role-users.ts declares',
  fix: fixOfUse,
});

const missingFinding = (use: string, name: string): Finding => ({
  id: `unused::${use}`,
  path: '',
  found: undefined,
  required: `the use of ${name} by ${use}`,
  fix: 'Restore the role of the resource, or remove the role and its declaration.',
});

const usesByAssembly = new WeakMap<Assembly, ReadonlyMap<string, readonly string[]>>();

/** Uses of each role: the resource and property that name it, as in `data/UpkeepFunction Role`. */
function usesOf(assembly: Assembly): ReadonlyMap<string, readonly string[]> {
  const known = usesByAssembly.get(assembly);
  if (known) return known;
  const roles = new Set(assembly.ofType(roleType).map((role) => nameOf(role, assembly.facts)));
  const uses = new Map<string, string[]>();
  for (const resource of assembly.resources) {
    for (const { role, use } of usesIn(resource, assembly)) {
      if (roles.has(role)) uses.set(role, [...(uses.get(role) ?? []), use]);
    }
  }
  usesByAssembly.set(assembly, uses);
  return uses;
}

function usesIn(resource: Resource, assembly: Assembly): readonly { readonly role: string; readonly use: string }[] {
  const { Properties } = canonicalResource(resource, assembly);
  return textsOfObject(isObject(Properties) ? Properties : {}).flatMap(({ path, text }) =>
    [...text.matchAll(/\$\{([^}.]+)(?:\.[^}]*)?\}/g)].map(([, role = '']) => ({
      role,
      use: `${nameOf(resource, assembly.facts)} ${path}`,
    })),
  );
}
