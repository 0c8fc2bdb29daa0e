// Mutants of every property that occurs in the templates, whether a rule guards it or not, and of what does not occur.
import { isObject, type Json, type JsonObject, type Resource } from '../../../lib/tom/template/assembly';
import { canonical } from '../../../lib/tom/template/canonical';
import { syntaxAt } from '../../../lib/tom/world/harmless-lines';
import { lineKinds, lineMutations } from './lines';
import type { Subject } from './mutants';
import { allowedValues, exampleOf, propertiesAt } from './service-specification';
import { uploadKinds } from './uploads';

export const mutationKinds = [
  'removed',
  'emptied',
  'other allowed value',
  'lowest number',
  'highest number',
  'other resource of the type',
  'stranger',
  'parameter',
  'import',
  'output elsewhere',
  'text before',
  'text inside',
  'text after',
  'seam',
  'further element',
  'further property',
  'further resource',
  'other type',
  ...lineKinds,
  ...uploadKinds,
] as const;
export type MutationKind = (typeof mutationKinds)[number];

/** One change of one resource. */
export interface Mutation {
  readonly kind: MutationKind;
  readonly path: readonly string[];
  /** The resource after the change; `undefined` if it is removed whole. */
  readonly json: JsonObject | undefined;
  /** Set if harmless-lines.ts lists the changed line of a text. */
  readonly isHarmless?: boolean;
}

/** Sections of a resource that are mutated. */
const sections = ['Properties', 'Metadata', 'DependsOn', 'DeletionPolicy', 'UpdateReplacePolicy', 'CreationPolicy', 'UpdatePolicy'];

/** Metadata by which a check is suppressed, a server configured, or a value published. */
const furtherMetadata: Readonly<Record<string, Json>> = {
  cdk_nag: { rules_to_suppress: [{ id: 'AwsSolutions-IAM5', reason: 'stranger' }] },
  cfn_nag: { rules_to_suppress: [{ id: 'W11', reason: 'stranger' }] },
  'cfn-lint': { config: { ignore_checks: ['E3001'] } },
  'AWS::CloudFormation::Init': { config: { commands: { stranger: { command: 'stranger' } } } },
  stranger: 'stranger',
};

/** Sections of a template ("CloudFormation template sections"), each with a value of a stranger. */
const furtherSections: Readonly<Record<string, Json>> = {
  AWSTemplateFormatVersion: '2010-09-09',
  Conditions: { Stranger: { 'Fn::Equals': ['a', 'a'] } },
  Hooks: { Stranger: { Type: 'AWS::CodeDeploy::BlueGreen' } },
  Mappings: { Stranger: { stranger: { stranger: 'stranger' } } },
  Metadata: furtherMetadata,
  Outputs: { Stranger: { Value: 'stranger' } },
  Parameters: { Stranger: { Type: 'String' } },
  Rules: { Stranger: { Assertions: [{ Assert: { 'Fn::Equals': ['a', 'a'] } }] } },
  Transform: 'AWS::LanguageExtensions',
};

const longestNumber = 2_147_483_647;

/** Every mutation of a resource, one at a time. */
export function* mutationsOf(resource: Resource, subject: Subject): Generator<Mutation> {
  const root = resource.json as unknown as JsonObject;
  yield { kind: 'removed', path: [], json: undefined };
  for (const section of sections) {
    const value = root[section];
    if (value !== undefined) yield* below(value, [section], { root, resource, subject });
  }
  if (root.Properties === undefined) yield* furtherProperties({}, ['Properties'], { root, resource, subject });
  for (const section of sections.filter((name) => root[name] === undefined)) {
    const value = section === 'DependsOn' ? ['Elsewhere'] : section.endsWith('ionPolicy') ? 'Snapshot' : {};
    yield { kind: 'further property', path: [section], json: write(root, [section], value) as JsonObject };
  }
}

/** Every mutation of the sections of a template, given as the members of one resource; and every further section. */
export function* sectionMutationsOf(template: Resource, subject: Subject): Generator<Mutation> {
  const { Type, ...present } = template.json as unknown as JsonObject;
  const origin = { root: { Type, ...present } as JsonObject, resource: template, subject };
  for (const [section, value] of Object.entries(present)) yield* below(value, [section], origin);
  for (const [section, value] of Object.entries(furtherSections)) {
    const before = present[section];
    const after = isObject(before) && isObject(value) ? { ...before, ...value } : value;
    if (before !== after) yield change('further property', [section], after, origin);
  }
}

interface Origin {
  readonly root: JsonObject;
  readonly resource: Resource;
  readonly subject: Subject;
}

function* below(value: Json, path: readonly string[], origin: Origin): Generator<Mutation> {
  yield change('removed', path, undefined, origin);
  if (isIntrinsic(value)) {
    yield* ofReference(value, path, origin);
    return;
  }
  if (Array.isArray(value)) yield* ofList(value as readonly Json[], path, origin);
  else if (isObject(value)) yield* ofObject(value, path, origin);
  else yield* ofLeaf(value as string | number | boolean | null, path, origin);
}

function* ofList(value: readonly Json[], path: readonly string[], origin: Origin): Generator<Mutation> {
  if (value.length > 0) yield change('emptied', path, [], origin);
  yield change('further element', path, [...value, altered(value[0] ?? 'stranger')], origin);
  yield change('further element', path, [altered(value[0] ?? 'stranger'), ...value], origin);
  for (const [index, element] of value.entries()) yield* below(element, [...path, String(index)], origin);
}

function* ofObject(value: JsonObject, path: readonly string[], origin: Origin): Generator<Mutation> {
  if (Object.keys(value).length > 0) yield change('emptied', path, {}, origin);
  yield* furtherProperties(value, path, origin);
  for (const [key, member] of Object.entries(value)) yield* below(member, [...path, key], origin);
}

function* furtherProperties(value: JsonObject, path: readonly string[], origin: Origin): Generator<Mutation> {
  if (path[0] === 'Metadata' && path.length === 1) yield* furtherMembers(furtherMetadata, value, path, origin);
  if (path[0] !== 'Properties') return;
  const known = propertiesAt(origin.resource.type, path.slice(1));
  for (const [name, type] of Object.entries(known)) {
    if (Object.hasOwn(value, name)) continue;
    yield change('further property', [...path, name], exampleOf(type), origin);
  }
}

function* furtherMembers(
  members: Readonly<Record<string, Json>>,
  value: JsonObject,
  path: readonly string[],
  origin: Origin,
): Generator<Mutation> {
  for (const [name, member] of Object.entries(members))
    if (!Object.hasOwn(value, name)) yield change('further property', [...path, name], member, origin);
}

function* ofLeaf(value: string | number | boolean | null, path: readonly string[], origin: Origin): Generator<Mutation> {
  if (typeof value === 'boolean') yield change('other allowed value', path, !value, origin);
  else if (typeof value === 'number') yield* ofNumber(value, path, origin);
  else if (typeof value === 'string') yield* ofText(value, path, origin);
  yield* fromOutside(path, origin);
}

function* ofNumber(value: number, path: readonly string[], origin: Origin): Generator<Mutation> {
  if (value !== 0) yield change('lowest number', path, 0, origin);
  if (value !== -1) yield change('lowest number', path, -1, origin);
  if (value !== longestNumber) yield change('highest number', path, longestNumber, origin);
}

function* ofText(value: string, path: readonly string[], origin: Origin): Generator<Mutation> {
  for (const other of otherValues(value, path, origin)) yield change('other allowed value', path, other, origin);
  const middle = Math.floor(value.length / 2);
  yield change('emptied', path, '', origin);
  yield change('text before', path, `x${value}`, origin);
  yield change('text inside', path, `${value.slice(0, middle)}x${value.slice(middle)}`, origin);
  yield change('text after', path, `${value}x`, origin);
  if (value.includes('\n')) yield* ofLines(value, path, origin);
  if (/^-?\d+$/.test(value)) {
    if (value !== '0') yield change('lowest number', path, '0', origin);
    yield change('highest number', path, String(longestNumber), origin);
  }
}

/** The lines of a text. The first and the last are parts of lines where the text is joined with others. */
function* ofLines(value: string, path: readonly string[], origin: Origin): Generator<Mutation> {
  const last = value.split('\n').length;
  for (const { kind, line, text, isHarmless } of lineMutations(value, syntaxAt(origin.resource.type, path)))
    yield { ...change(kind, path, text, origin), isHarmless: isHarmless && line > 1 && line < last };
}

/** Other values that the schema allows, and the opposite of a switch. */
function otherValues(value: string, path: readonly string[], { resource }: Origin): readonly string[] {
  const parent = propertiesAt(resource.type, path.slice(1, -1));
  const allowed = allowedValues(parent[path.at(-1) ?? '']);
  const opposite = opposites.find((pair) => pair.includes(value)) ?? [];
  return [...new Set([...allowed, ...opposite])].filter((other) => other !== value);
}

const opposites = [
  ['true', 'false'],
  ['on', 'off'],
  ['Enabled', 'Disabled'],
  ['ENABLED', 'DISABLED'],
  ['Allow', 'Deny'],
  ['allow', 'deny'],
];

function* ofReference(value: JsonObject, path: readonly string[], origin: Origin): Generator<Mutation> {
  const other = otherReference(value, origin);
  if (other) yield change('other resource of the type', path, other, origin);
  yield* elsewhere(value, path, origin);
  yield* forged(value, path, origin);
  yield change('text before', path, { 'Fn::Join': ['', ['x', value]] }, origin);
  yield change('text after', path, { 'Fn::Join': ['', [value, 'x']] }, origin);
  const [[name, argument]] = Object.entries(value) as [[string, Json]];
  if (name === 'Fn::Join' || name === 'Fn::Base64' || name === 'Fn::Select') {
    for (const mutation of insideOf(argument, [...path, name], origin)) yield mutation;
  }
  yield* fromOutside(path, origin);
}

/** Mutations of the parts of a join: the separator is left alone. */
function* insideOf(argument: Json, path: readonly string[], origin: Origin): Generator<Mutation> {
  if (!Array.isArray(argument)) yield* below(argument, path, origin);
  else
    for (const [index, part] of (argument as readonly Json[]).entries())
      if (index > 0) yield* below(part, [...path, String(index)], origin);
}

function otherReference(value: JsonObject, { resource, subject: { assembly } }: Origin): Json | undefined {
  const target = assembly.target(value, resource.stack);
  if (!target) return undefined;
  const other = assembly.ofType(target.type).find((candidate) => candidate !== target && candidate.stack === resource.stack);
  if (!other) return undefined;
  const getAtt = value['Fn::GetAtt'];
  const attribute = Array.isArray(getAtt) ? (getAtt as readonly Json[])[1] : undefined;
  return attribute === undefined ? { Ref: other.logicalId } : { 'Fn::GetAtt': [other.logicalId, attribute] };
}

/** The output of the same name in another region, and of another account. */
function* elsewhere(value: JsonObject, path: readonly string[], origin: Origin): Generator<Mutation> {
  const exported = origin.subject.assembly.exported(String(value['Fn::ImportValue']));
  if (!exported) return;
  const outputs = Object.entries(exported.stack.template.Outputs ?? {});
  const [OutputName] = outputs.find(([, { Export }]) => Export?.Name === value['Fn::ImportValue']) as [string, unknown];
  const argument = { StackName: exported.stack.name, OutputName };
  yield change('output elsewhere', path, { 'Fn::GetStackOutput': { ...argument, Region: 'ap-south-2' } }, origin);
  const RoleArn = 'arn:aws:iam::999999999999:role/stranger';
  yield change('output elsewhere', path, { 'Fn::GetStackOutput': { ...argument, RoleArn } }, origin);
}

/** Literal texts that, joined, have the notation of the reference. */
function* forged(value: JsonObject, path: readonly string[], origin: Origin): Generator<Mutation> {
  const { resource, subject } = origin;
  const text = canonical(value, resource.stack, subject.assembly);
  if (typeof text !== 'string' || !text.includes('${')) return;
  yield change('seam', path, { 'Fn::Join': ['$', text.split('$')] }, origin);
  yield change('seam', path, { 'Fn::Join': ['', text.split(/(?<=\$)/)] }, origin);
  yield change('seam', path, { 'Fn::Sub': [text.replaceAll('${', '${Dollar}{'), { Dollar: '$' }] }, origin);
}

function* fromOutside(path: readonly string[], origin: Origin): Generator<Mutation> {
  yield change('stranger', path, 'arn:aws:iam::999999999999:role/stranger', origin);
  yield change('parameter', path, { Ref: 'BootstrapVersion' }, origin);
  yield change('import', path, { 'Fn::ImportValue': 'elsewhere:Value' }, origin);
}

const change = (kind: MutationKind, path: readonly string[], value: Json | undefined, { root }: Origin): Mutation => ({
  kind,
  path,
  json: write(root, path, value) as JsonObject,
});

const isIntrinsic = (value: Json): value is JsonObject => {
  const keys = isObject(value) ? Object.keys(value) : [];
  return keys.length === 1 && (keys[0] === 'Ref' || (keys[0] as string).startsWith('Fn::'));
};

/** A copy of an element with its first text or number changed. */
function altered(value: Json): Json {
  if (typeof value === 'string') return `${value}x`;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return [altered((value as readonly Json[])[0] ?? 'stranger'), ...(value as readonly Json[]).slice(1)];
  if (isIntrinsic(value as Json)) return 'stranger';
  const [first, ...rest] = Object.entries((value ?? {}) as JsonObject);
  return first ? Object.fromEntries([[first[0], altered(first[1])], ...rest]) : { Stranger: 'stranger' };
}

/** A copy of `value` with another value at `path`, or without it. */
function write(value: Json | undefined, path: readonly string[], changed: Json | undefined): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return changed;
  if (Array.isArray(value)) {
    const copy = [...(value as readonly Json[])];
    const member = write(copy[Number(key)], rest, changed);
    copy.splice(Number(key), 1, ...(member === undefined ? [] : [member]));
    return copy;
  }
  const whole = isObject(value) ? value : {};
  const member = write(whole[key], rest, changed);
  if (member !== undefined) return { ...whole, [key]: member };
  const { [key]: _, ...others } = whole;
  return others;
}
