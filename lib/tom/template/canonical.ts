// Canonical form of a template value: plain JSON in which every intrinsic function is resolved to text. A reference
// becomes `${<name>}` or `${<name>.<attribute>}` with the name of its resource, across stacks; each notation of the
// same value (Fn::Join, Fn::Sub, an import, the literal account) has the same canonical form.
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, type StackTemplate, valueAt } from './assembly';
import { nameOf } from './names';

/** Longest chain of exports that is followed. */
const longestChain = 8;

interface From {
  readonly stack: StackTemplate;
  readonly assembly: Assembly;
  readonly left: number;
}

const cached = new WeakMap<Resource, JsonObject>();

/** Canonical form of a whole resource. */
export function canonicalResource(resource: Resource, assembly: Assembly): JsonObject {
  const known = cached.get(resource);
  if (known) return known;
  const result = {
    ...(canonical(resource.json as unknown as Json, resource.stack, assembly) as JsonObject),
    ...dependencies(resource, assembly),
  };
  cached.set(resource, result);
  return result;
}

/** Dependencies as names of resources, sorted: CloudFormation does not read their order. */
function dependencies({ json: { DependsOn }, stack }: Resource, assembly: Assembly): JsonObject {
  if (DependsOn === undefined) return {};
  const from = { stack, assembly, left: longestChain };
  return {
    DependsOn: listOf(DependsOn)
      .map((id) => referenceText(id, undefined, from))
      .toSorted(),
  };
}

/** Canonical form of a value in a stack. */
export function canonical(value: Json, stack: StackTemplate, assembly: Assembly): Json {
  return settled(resolve(value, { stack, assembly, left: longestChain }), assembly);
}

/**
 * Values whose texts are whole: the escape of each `$` that begins no notation of a reference is taken back, and the
 * configured account is written as the pseudo parameter.
 */
function settled(value: Json, assembly: Assembly): Json {
  if (typeof value === 'string') {
    const { account } = assembly.facts.settings;
    return account === undefined ? unescaped(value) : unescaped(value).replaceAll(account, '${AWS::AccountId}');
  }
  if (Array.isArray(value)) return value.map((element: Json) => settled(element, assembly));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [unescaped(key), settled(member, assembly)]));
}

const unescaped = (text: string): string => text.replace(/\$!(?!!*\{)/g, '$');

function resolve(value: Json, from: From): Json {
  if (typeof value === 'string') return literal(value);
  if (Array.isArray(value)) return value.map((element: Json) => resolve(element, from));
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) {
    if (only === 'Ref') return referenceText(value.Ref, undefined, from);
    if (/^Fn::\w+(?:::\w+)*$/.test(only) && only !== 'Fn::Base64') return intrinsic(only, value[only] as Json, from);
  }
  return Object.fromEntries(keys.map((key) => [literal(key), resolve(value[key] as Json, from)]));
}

/**
 * Literal text: each `$` is escaped as `$!`, so that no text reads as a reference, even where two texts meet, and no
 * two texts have one form. In a whole text only `${`, as `$!{`, `$!{`, as `$!!{`, and so on remain escaped.
 */
const literal = (text: string): string => text.replaceAll('$', '$!');

/** An intrinsic without canonical form, as text; a form that admits one repeats the text. */
export const opaque = (name: string, argument: Json): string => `\${${name} ${JSON.stringify(argument)}}`;

/** An intrinsic with an argument of another form than its own. */
const unread = (name: string, argument: Json, from: From): string => opaque(name, resolve(argument, from));

function intrinsic(name: string, argument: Json, from: From): Json {
  if (name === 'Fn::GetAtt') return attributeText(argument, from);
  if (name === 'Fn::Join') return joinText(argument, from);
  if (name === 'Fn::Sub') return substitutionText(argument, from);
  if (name === 'Fn::ImportValue') return importText(resolve(argument, from), from);
  if (name === 'Fn::GetStackOutput') return outputText(resolve(argument, from), from);
  const resolved = resolve(argument, from);
  if (name === 'Fn::Select' && Array.isArray(resolved)) {
    const [index, list] = resolved as readonly Json[];
    const element = Array.isArray(list) ? (list as readonly Json[])[Number(index)] : undefined;
    if (element !== undefined) return element;
  }
  return opaque(name, resolved);
}

function attributeText(argument: Json, from: From): Json {
  const parts = typeof argument === 'string' ? argument.split('.') : Array.isArray(argument) ? (argument as readonly Json[]) : [];
  const [id, ...rest] = parts;
  if (rest.length === 0 || rest.some((part) => typeof part !== 'string')) return unread('Fn::GetAtt', argument, from);
  return referenceText(id, rest.join('.'), from);
}

/** Whether a text can stand in a reference without an end to it. */
const isIdentifier = (text: string): boolean => !/[${}]/.test(text);

function referenceText(id: Json | undefined, attribute: string | undefined, from: From): string {
  const { stack, assembly } = from;
  if (typeof id !== 'string' || !isIdentifier(id) || !isIdentifier(attribute ?? ''))
    return unread('Ref', [id ?? null, attribute ?? null], from);
  const suffix = attribute === undefined ? '' : `.${attribute}`;
  const resource = assembly.resource(stack.name, id);
  if (resource) return `\${${nameOf(resource, assembly.facts)}${suffix}}`;
  if (id === 'AWS::Region') return stack.region;
  if (id === 'AWS::Partition') return 'aws';
  if (id === 'AWS::URLSuffix') return 'amazonaws.com';
  if (id.startsWith('AWS::')) return `\${${id}}`;
  return `\${${valueAt(stack.template.Parameters, id) === undefined ? 'unknown' : 'parameter'} ${id}${suffix}}`;
}

function joinText(argument: Json, from: From): Json {
  const [separator, list] = Array.isArray(argument) ? (argument as readonly Json[]) : [];
  const parts = list === undefined ? list : resolve(list, from);
  if (typeof separator !== 'string' || !Array.isArray(parts)) return unread('Fn::Join', argument, from);
  const texts = parts as readonly Json[];
  if (texts.some((part) => typeof part === 'object')) return unread('Fn::Join', argument, from);
  return texts.map(String).join(literal(separator));
}

function substitutionText(argument: Json, from: From): Json {
  const [text, given] = Array.isArray(argument) ? (argument as readonly Json[]) : [argument];
  if (typeof text !== 'string') return unread('Fn::Sub', argument, from);
  const variables = isObject(given) ? given : {};
  const pieces = text.split(/(\$\{[^}]*\})/);
  return pieces
    .map((piece) => {
      const [, name] = /^\$\{([^}]*)\}$/.exec(piece) ?? [];
      if (name === undefined) return literal(piece);
      if (name.startsWith('!')) return literal(`\${${name.slice(1)}}`);
      if (Object.hasOwn(variables, name)) return textOf(resolve(variables[name] as Json, from));
      const [id, ...attribute] = name.split('.');
      return referenceText(id, attribute.length > 0 ? attribute.join('.') : undefined, from);
    })
    .join('');
}

const textOf = (value: Json): string => (typeof value === 'object' ? opaque('Fn::Sub', value) : String(value));

function importText(name: Json, { assembly, left }: From): Json {
  const exported = typeof name === 'string' ? assembly.exported(name) : undefined;
  if (!exported || exported.value === undefined || left === 0) return opaque('Fn::ImportValue', name);
  return resolve(exported.value, { stack: exported.stack, assembly, left: left - 1 });
}

function outputText(argument: Json, { stack, assembly, left }: From): Json {
  const output = assembly.output(argument, stack);
  if (!output || output.value === undefined || left === 0) return opaque('Fn::GetStackOutput', argument);
  return resolve(output.value, { stack: output.stack, assembly, left: left - 1 });
}
