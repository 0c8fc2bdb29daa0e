// Settings in the user data of servers for the programs that start at boot.
import { isObject, type Json, listOf, type Resource } from './assembly';
import { renderText } from './texts';

/** Path of the user data in a launch template. */
export const userDataPath = 'LaunchTemplateData.UserData.Fn::Base64';

/** The user data as text. */
export const bootScript = (template: Resource): string => renderText(template.at(userDataPath)) ?? '';

/**
 * Every value of a variable in the user data, from lines `NAME=value`: text, or the reference at the end of the line.
 */
export function bootSettings(template: Resource, name: string): readonly Json[] {
  const script = template.at(userDataPath);
  const join = isObject(script) ? script['Fn::Join'] : undefined;
  const parts = join === undefined ? listOf(script) : listOf(listOf(join)[1]);
  return parts.flatMap((part, index) => valuesIn(part, parts[index + 1], name));
}

/** The value of a line that ends in a reference is the reference, without the text before it. */
function valuesIn(part: Json, next: Json | undefined, name: string): readonly Json[] {
  if (typeof part !== 'string') return [];
  return [...part.matchAll(/^([A-Z_]+)=(.*)$/gm)]
    .filter(([, variable]) => variable === name)
    .map((match) => (match.index + match[0].length === part.length && next !== undefined ? next : (match[2] ?? '')));
}

/** Whether a server verifies the checksum of a program that it fetches. */
export const fetchesChecked = (template: Resource, file: string): boolean =>
  bootScript(template)
    .split('\n')
    .some((line) => /^fetch \S+ \S+ [0-9a-f]{64} \S+$/.test(line) && line.endsWith(` ${file}`));
