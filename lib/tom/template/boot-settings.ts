// What the user data of servers says to the programs that they boot with.
import { isObject, type Json, listOf, type Resource } from './assembly';
import { renderText } from './texts';

/** Where a launch template has its user data. */
export const userDataPath = 'LaunchTemplateData.UserData.Fn::Base64';

/** The user data as text. */
export const bootScript = (template: Resource): string => renderText(template.at(userDataPath)) ?? '';

/** Every value that the user data gives a variable, in lines `NAME=value`: text, or the reference that the line ends with. */
export function bootSettings(template: Resource, name: string): readonly Json[] {
  const script = template.at(userDataPath);
  const join = isObject(script) ? script['Fn::Join'] : undefined;
  const parts = join === undefined ? listOf(script) : listOf(listOf(join)[1]);
  return parts.flatMap((part, index) => valuesIn(part, parts[index + 1], name));
}

/** A line that is cut off by a reference has that as its value, with the text before it left out. */
function valuesIn(part: Json, next: Json | undefined, name: string): readonly Json[] {
  if (typeof part !== 'string') return [];
  return [...part.matchAll(/^([A-Z_]+)=(.*)$/gm)]
    .filter(([, variable]) => variable === name)
    .map((match) => (match.index + match[0].length === part.length && next !== undefined ? next : (match[2] ?? '')));
}

/** Whether a server fetches a program by its checksum, so that it runs nothing else under that name. */
export const fetchesChecked = (template: Resource, file: string): boolean =>
  bootScript(template)
    .split('\n')
    .some((line) => /^fetch \S+ \S+ [0-9a-f]{64} \S+$/.test(line) && line.endsWith(` ${file}`));
