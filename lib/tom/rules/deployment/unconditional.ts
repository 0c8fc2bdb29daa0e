// TOM-6.10: the deployed resources equal the template; no part of it is decided, fetched or generated at deployment.

import { type Finding, finding, type Rule, set } from '../../rule';
import { isObject, type Json, type JsonObject, type Resource, type StackTemplate } from '../../template/assembly';
import { securityGroupType, usageRecordType } from '../../template/resource-types';

/**
 * Functions whose result can be derived from the template. Any other is decided at deployment ("Intrinsic function
 * reference").
 */
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

/** Nested templates, and macros that rewrite templates. */
const hidingTypes = ['AWS::CloudFormation::Macro', 'AWS::CloudFormation::Stack', 'AWS::CloudFormation::StackSet'];

/** Condition of the CDK usage record, which omits it in regions without support. */
const usageCondition = 'CDKMetadataAvailable';

const fix = 'Choose the resource or value in TypeScript, from the configuration.';

export const unconditional: Rule = {
  name: 'unconditional',
  requires: 'no template has conditions, macros, nested stacks or intrinsic functions that compute values at deployment',
  types: ['*'],
  check(resource) {
    if (resource.type === usageRecordType) return 'not-applicable';
    return [
      ...(resource.json.Condition === undefined ? [] : [finding(resource, 'condition', 'Condition', 'no condition', fix)]),
      ...(hidingTypes.includes(resource.type) ? [finding(resource, 'hidden', '', 'no nested template', fix)] : []),
      ...intrinsicFindings(resource.json as unknown as Json, ''),
    ];
  },
  checkStack: (stack) => [
    ...sectionFindings(stack),
    ...nonResourceFindings(stack),
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
      name: 'an included snippet',
      resources: { Open: { Type: securityGroupType, Properties: { 'Fn::Transform': { Name: 'AWS::Include' } } } },
    },
  ],
  reads: [{ type: '*', path: '*' }],
};

function isNotUsage({ type }: Resource): boolean {
  return type !== usageRecordType;
}

/** Intrinsic functions below a value that are decided at deployment. Each function is reported once. */
function intrinsicFindings(value: Json, path: string): readonly Finding[] {
  const findings = new Map<string, Finding>();
  const visit = (member: Json, at: string): void => {
    if (typeof member !== 'object' || member === null) return;
    for (const [key, below] of Object.entries(member) as [string, Json][]) {
      const here = at === '' ? key : `${at}.${key}`;
      if (key.startsWith('Fn::') && !traceable.includes(key) && !findings.has(key)) {
        findings.set(key, {
          id: key,
          path: here,
          found: member as Json,
          required: `no intrinsic function except ${traceable.join(', ')}`,
          fix,
        });
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

/** Entries of the Resources section that are not resources, such as loops of a macro. */
function nonResourceFindings({ template: { Resources } }: StackTemplate): readonly Finding[] {
  return Object.entries((Resources ?? {}) as unknown as JsonObject)
    .filter(([id, json]) => id.startsWith('Fn::') || !isObject(json) || typeof json.Type !== 'string')
    .map(([id, json]) => ({ id: `resource::${id}`, path: `Resources.${id}`, found: json, required: 'a resource with a type', fix }));
}
