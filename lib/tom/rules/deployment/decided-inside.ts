// TOM-6.10: each reference of a resource leads to a resource of the assembly, or to a pseudo parameter.
// Nothing is decided by a person, a stack or a parameter outside.
import { append, type Finding, guard, guardWhere, type Rule, set } from '../../rule';
import { type Assembly, isObject, type Json, type Resource, valueAt } from '../../template/assembly';
import { bucketPolicyType, bucketType, functionType, serverTemplateType } from '../../template/resource-types';
import { serverImageParameter } from '../../world/sections';

/** Pseudo parameters whose values the deployment decides: its account, region and partition. */
const pseudoParameters = ['AWS::AccountId', 'AWS::Partition', 'AWS::Region', 'AWS::URLSuffix'];

/** The only place of a parameter: the image of the servers, which AWS publishes. (TOM-6.10) */
const imagePath = 'Properties.LaunchTemplateData.ImageId';

const fix = 'Refer to a resource of the deployment, or decide the value in TypeScript from the configuration.';

export const decidedInside: Rule = {
  name: 'decided-inside',
  requires: 'each reference leads to a resource of the assembly; each import has its exporter there',
  types: ['*'],
  check: (resource, assembly) => openReferences(resource.json as unknown as Json, '', resource, assembly),
  guards: [
    guard(bucketPolicyType, 'Properties.PolicyDocument.Statement', append({ Ref: 'SomeParameter' })),
    guard(functionType, 'Properties.Role', set({ 'Fn::ImportValue': 'elsewhere:Role' }), set({ 'Fn::GetAtt': ['Elsewhere', 'Arn'] })),
    guard(functionType, 'Properties.Role', set({ 'Fn::Sub': 'arn:aws:iam::${Account}:role/x' }), set({ Ref: 'BootstrapVersion' })),
    guard(functionType, 'Properties.Role', set({ 'Fn::GetStackOutput': { StackName: 'elsewhere', OutputName: 'Role' } })),
    guard(functionType, 'Properties.Role', set({ 'Fn::ImportValue': { 'Fn::Sub': '${AWS::StackName}-role' } })),
    guard(bucketType, 'Properties.BucketName', set({ Ref: 'AWS::StackId' })),
    guardWhere(serverTemplateType, () => true, imagePath, set({ Ref: 'BootstrapVersion' })),
  ],
  reads: [{ type: '*', path: '*' }],
};

/** References below a value that lead out of the assembly. */
function openReferences(value: Json, path: string, resource: Resource, assembly: Assembly): readonly Finding[] {
  if (Array.isArray(value)) {
    return (value as readonly Json[]).flatMap((element, index) => openReferences(element, join(path, String(index)), resource, assembly));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const at = join(path, key);
    const open = openTargets(key, member, path, resource, assembly);
    return [...open.map((target) => openFinding(target, at)), ...openReferences(member, at, resource, assembly)];
  });
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** Targets of one intrinsic function that are not in the assembly. */
function openTargets(key: string, argument: Json, path: string, { stack }: Resource, assembly: Assembly): readonly string[] {
  const isInside = (id: Json | undefined): boolean => typeof id === 'string' && assembly.resource(stack.name, id) !== undefined;
  if (key === 'Ref') {
    const isImage = argument === serverImageParameter && path === imagePath;
    return isInside(argument) || isPseudo(argument) || isImage ? [] : [JSON.stringify(argument)];
  }
  if (key === 'Fn::GetAtt') {
    const id = typeof argument === 'string' ? argument.split('.')[0] : valueAt(argument, '0');
    return isInside(id) ? [] : [JSON.stringify(argument)];
  }
  if (key === 'Fn::ImportValue') {
    return typeof argument === 'string' && assembly.exported(argument) !== undefined ? [] : [JSON.stringify(argument)];
  }
  if (key === 'Fn::GetStackOutput') return assembly.output(argument, stack) ? [] : [JSON.stringify(argument)];
  return key === 'Fn::Sub' ? substitutions(argument).filter((id) => !isInside(id) && !isPseudo(id)) : [];
}

const isPseudo = (id: Json): boolean => typeof id === 'string' && pseudoParameters.includes(id);

/** Ids that a substitution names itself; those of its variables are visited as values. */
function substitutions(argument: Json): readonly string[] {
  const [text, given] = Array.isArray(argument) ? (argument as readonly Json[]) : [argument];
  if (typeof text !== 'string') return [JSON.stringify(argument)];
  const names = [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name]) => name as string);
  return names.filter((name) => !(isObject(given) && Object.hasOwn(given, name))).map((name) => name.split('.')[0] as string);
}

const openFinding = (target: string, path: string): Finding => ({
  id: `open::${path}::${target}`,
  path,
  found: target,
  required: 'a resource of the assembly',
  fix,
});
