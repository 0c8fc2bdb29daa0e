// Writes CloudFormation's functions in their short form, and joined strings as `!Sub`, which read as what they mean.
import type { Json, JsonObject } from '../../../lib/tom/template/assembly';

/** A value in short form: the tag, as in `!GetAtt`, and what it applies to. */
export interface Tagged {
  readonly tag: string;
  readonly value: Json;
}

/** The short form of `value`, or nothing if it is no function or has no short form. */
export function shortForm(value: JsonObject): Tagged | undefined {
  const [[name, argument] = [], second] = Object.entries(value);
  if (name === undefined || argument === undefined || second) return undefined;
  if (name === 'Ref') return { tag: '!Ref', value: argument };
  if (name === 'Fn::GetAtt') return { tag: '!GetAtt', value: Array.isArray(argument) && isText(argument) ? argument.join('.') : argument };
  if (name === 'Fn::Join') return substitution(argument) ?? { tag: '!Join', value: argument };
  return name.startsWith('Fn::') ? { tag: `!${name.slice('Fn::'.length)}`, value: argument } : undefined;
}

/** `Fn::Join` of an empty delimiter over strings, references and attributes, as one `!Sub`. */
function substitution(argument: Json): Tagged | undefined {
  if (!Array.isArray(argument) || argument[0] !== '' || !Array.isArray(argument[1])) return undefined;
  const parts = (argument[1] as readonly Json[]).map(substitutedText);
  return isText(parts) ? { tag: '!Sub', value: parts.join('') } : undefined;
}

function substitutedText(part: Json): string | undefined {
  if (typeof part === 'string') return part.replaceAll('${', '${!');
  if (part === null || typeof part !== 'object' || Array.isArray(part)) return undefined;
  const short = shortForm(part as JsonObject);
  const isReference = short?.tag === '!Ref' || short?.tag === '!GetAtt';
  return isReference && typeof short.value === 'string' ? `\${${short.value}}` : undefined;
}

function isText(values: readonly unknown[]): values is readonly string[] {
  return values.every((value) => typeof value === 'string');
}
