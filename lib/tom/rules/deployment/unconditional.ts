// TOM-6.10: what a template says is what is deployed; nothing in it is decided, fetched or made up later.

import { type Finding, finding, type Rule, set } from '../../rule';
import { isObject, type Json, type JsonObject, type Resource, type StackTemplate } from '../../template/assembly';

/** Functions whose result a reader of the template can tell or trace. Any other is decided at deployment ("Intrinsic function reference"). */
const traceable = [
  'Fn::Base64',
  'Fn::Cidr',
  'Fn::GetAtt',
  'Fn::GetAZs',
  'Fn::GetStackOutput',
  'Fn::ImportValue',
  'Fn::Join',
  'Fn::Select',
  'Fn::Split',
  'Fn::Sub',
];

/** Templates within templates, and what rewrites them. */
const hiding = ['AWS::CloudFormation::Macro', 'AWS::CloudFormation::Stack', 'AWS::CloudFormation::StackSet'];

/** The library's usage record, and the condition that leaves it out in regions that do not know it. */
const usageRecord = 'AWS::CDK::Metadata';
const usageCondition = 'CDKMetadataAvailable';

const fix = 'Decide in TypeScript, by the configuration, what there is and what it says.';

export const unconditional: Rule = {
  name: 'unconditional',
  requires: 'no template has conditions, macros or templates within it, so that a control that is read is a control that stands',
  types: ['*'],
  check(resource) {
    if (resource.type === usageRecord) return 'not-applicable';
    return [
      ...(resource.json.Condition === undefined ? [] : [finding(resource, 'condition', 'Condition', 'no condition', fix)]),
      ...(hiding.includes(resource.type) ? [finding(resource, 'hidden', '', 'no template within the template', fix)] : []),
      ...intrinsicFindings(resource.json as unknown as Json, ''),
    ];
  },
  checkStack: (stack) => [
    ...sectionFindings(stack),
    ...notResources(stack),
    ...intrinsicFindings((stack.template.Outputs ?? {}) as Json, 'Outputs'),
  ],
  guards: [
    { type: '*', path: 'Condition', breaks: [set('Never')], where: isNotUsage },
    { type: '*', path: 'Properties.Mutant', breaks: [set({ 'Fn::If': ['Never', 1, 2] })], where: isNotUsage },
    { type: 'Stack', path: 'template.Conditions', breaks: [set({ Never: { 'Fn::Equals': [1, 2] } })] },
    { type: 'Stack', path: 'template.Transform', breaks: [set('AWS::LanguageExtensions'), set([{ Name: 'AWS::Include' }])] },
    { type: 'Stack', path: 'template.Resources.Fn::ForEach::Open', breaks: [set(['P', ['22'], {}])] },
    { type: 'Stack', path: 'template.Outputs.Mutant', breaks: [set({ Value: { 'Fn::FindInMap': ['A', 'b', 'c'] } })] },
  ],
  bypasses: [
    { name: 'a nested stack', resources: { Nested: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://x/y' } } } },
    {
      name: 'a snippet that is fetched',
      resources: { Open: { Type: 'AWS::EC2::SecurityGroup', Properties: { 'Fn::Transform': { Name: 'AWS::Include' } } } },
    },
  ],
  reads: [{ type: '*', path: '*' }],
};

function isNotUsage({ type }: Resource): boolean {
  return type !== usageRecord;
}

/** Intrinsic functions below a value that decide something later. Each is told once. */
function intrinsicFindings(value: Json, path: string): readonly Finding[] {
  const findings = new Map<string, Finding>();
  const visit = (member: Json, at: string): void => {
    if (typeof member !== 'object' || member === null) return;
    for (const [key, below] of Object.entries(member) as [string, Json][]) {
      const here = at === '' ? key : `${at}.${key}`;
      if (key.startsWith('Fn::') && !traceable.includes(key) && !findings.has(key)) {
        findings.set(key, { id: key, path: here, found: member as Json, required: `none but ${traceable.join(', ')}`, fix });
      }
      visit(below, here);
    }
  };
  visit(value, path);
  return [...findings.values()];
}

function sectionFindings({ template: { Conditions, Transform } }: StackTemplate): readonly Finding[] {
  const conditions = isObject(Conditions)
    ? Object.keys(Conditions).filter((name) => name !== usageCondition)
    : unreadableSection(Conditions);
  return [
    ...conditions.map((name) => ({ id: `condition::${name}`, path: `Conditions.${name}`, found: name, required: 'no conditions', fix })),
    ...(Transform === undefined ? [] : [{ id: 'transform', path: 'Transform', found: Transform, required: 'no macro', fix }]),
  ];
}

const unreadableSection = (value: unknown): readonly string[] => (value === undefined ? [] : ['?']);

/** What stands among the resources and is none, as loops of a macro do. */
function notResources({ template: { Resources } }: StackTemplate): readonly Finding[] {
  return Object.entries((Resources ?? {}) as unknown as JsonObject)
    .filter(([id, json]) => id.startsWith('Fn::') || !isObject(json) || typeof json.Type !== 'string')
    .map(([id, json]) => ({ id: `resource::${id}`, path: `Resources.${id}`, found: json, required: 'a resource with its type', fix }));
}
