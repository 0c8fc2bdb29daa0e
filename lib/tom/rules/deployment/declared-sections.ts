// TOM-6.10: beside its resources, a template has declared sections only.
// These are a description, the declared parameters, the check of the bootstrap version, and outputs that hand a
// resource to another stack of the deployment.
import { isDeepStrictEqual } from 'node:util';
import { append, type Finding, guard, type Rule, remove, set, type Verdict } from '../../rule';
import { type Assembly, isObject, type Json, type JsonObject, type StackTemplate, valueAt } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { stackNameOf } from '../../template/names';
import { textsOfObject } from '../../template/texts';
import { parametersOf, rulesOf } from '../../world/sections';

const fix = 'Decide the value in TypeScript; lib/tom/world/sections.ts lists the parameters and rules of templates.';

export const declaredSections: Rule = {
  name: 'declared-sections',
  requires: 'a template has resources, declared parameters, the check of the bootstrap version and outputs that another stack imports',
  types: [],
  check: () => 'not-applicable',
  mustApply: false,
  checkStack: (stack, assembly): Verdict => [
    ...sectionFindings(stack),
    ...descriptionFindings(stack),
    ...equalityFindings(stack, 'Parameters', parametersOf(stackNameOf(stack, assembly.facts))),
    ...equalityFindings(stack, 'Rules', rulesOf(stackNameOf(stack, assembly.facts), assembly.facts.settings)),
    ...outputFindings(stack, assembly),
  ],
  // The imports of all resources, by which an output is known to be in use.
  reads: [{ type: '*', path: '*' }],
  guards: [
    guard('Stack', 'template.Conditions', set({ Always: { 'Fn::Equals': ['a', 'a'] } })),
    guard('Stack', 'template.Description', remove, set({ Ref: 'AWS::StackName' })),
    guard('Stack', 'template.Mappings', set({ Sizes: { small: { size: '1' } } })),
    guard('Stack', 'template.Metadata', set({ token: 'abc' })),
    guard('Stack', 'template.Parameters', remove, set({ Network: { Type: 'String' } })),
    guard('Stack', 'template.Parameters.BootstrapVersion.Default', set('/elsewhere')),
    guard('Stack', 'template.Rules', remove, set({})),
    guard('Stack', 'template.Transform', set(['AWS::LanguageExtensions'])),
    guard('Stack', 'template.Hooks', set({})),
    guard('Stack', 'template.Outputs.Further', set({ Value: 'secret' })),
    guard('Stack', 'template.Outputs.*.Value', set('text'), append('text')),
    guard('Stack', 'template.Outputs.*.Export.Name', set('other:name')),
    guard('Stack', 'template.Outputs.*.Condition', set('Always')),
  ],
};

const sections = ['AWSTemplateFormatVersion', 'Description', 'Outputs', 'Parameters', 'Resources', 'Rules'];

const sectionFinding = (id: string, path: string, found: Json | undefined, required: string): Finding => ({
  id,
  path,
  found,
  required,
  fix,
});

function sectionFindings({ template }: StackTemplate): readonly Finding[] {
  const unknown = Object.keys(template).filter((section) => !sections.includes(section));
  return unknown.map((section) => sectionFinding(`section::${section}`, section, section, 'no other section'));
}

function descriptionFindings({ template: { Description } }: StackTemplate): readonly Finding[] {
  const text: unknown = Description;
  const plain = typeof text === 'string' && /^[\x20-\x7e]{1,1024}$/.test(text);
  return plain ? [] : [sectionFinding('description', 'Description', Description, 'a text of 1 to 1,024 printable characters')];
}

function equalityFindings({ template }: StackTemplate, section: 'Parameters' | 'Rules', wanted: Json): readonly Finding[] {
  const found = (template as unknown as JsonObject)[section];
  if (isDeepStrictEqual(found, wanted)) return [];
  return [sectionFinding(section.toLowerCase(), section, found, `the ${section.toLowerCase()} of lib/tom/world/sections.ts, unchanged`)];
}

/** Each output exports a resource, or an attribute of one, under the name of the CDK, and another stack imports it. */
function outputFindings(stack: StackTemplate, assembly: Assembly): readonly Finding[] {
  const outputs = stack.template.Outputs as unknown;
  if (outputs === undefined) return [];
  if (!isObject(outputs)) return [sectionFinding('outputs', 'Outputs', outputs as Json, 'an object')];
  const imported = importsOf(assembly);
  return Object.entries(outputs).flatMap(([id, output]) => {
    const name = `${stack.name}:${id}`;
    const value = valueAt(output, 'Value');
    const text = value === undefined ? undefined : canonical(value, stack, assembly);
    const exports = isDeepStrictEqual(output, { Value: value, Export: { Name: name } });
    const isResource = typeof text === 'string' && new RegExp(`^\\$\\{${stackNameOf(stack, assembly.facts)}/[\\w.]+\\}$`).test(text);
    if (exports && isResource && imported.has(name)) return [];
    return [
      sectionFinding(
        `output::${id}`,
        `Outputs.${id}`,
        output,
        `a resource of the stack, exported as ${name} and imported by another stack`,
      ),
    ];
  });
}

const importsByAssembly = new WeakMap<Assembly, ReadonlySet<string>>();

function importsOf(assembly: Assembly): ReadonlySet<string> {
  const known = importsByAssembly.get(assembly);
  if (known) return known;
  const names = new Set(
    assembly.resources.flatMap(({ json }) =>
      textsOfObject(json)
        .filter(({ path }) => path.endsWith('Fn::ImportValue'))
        .map(({ text }) => text),
    ),
  );
  importsByAssembly.set(assembly, names);
  return names;
}
