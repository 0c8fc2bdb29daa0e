// Settings in the user data of servers for the programs that start at boot. The declarations hold the user data whole
// (lib/tom/world/collection-boot.ts); rules compare single settings with other resources.
import type { Assembly, Resource } from './assembly';
import { canonical } from './canonical';
import { nameOf } from './names';
import { uploadedFile } from './uploaded-files';

/** Path of the user data in a launch template. */
export const userDataPath = 'LaunchTemplateData.UserData.Fn::Base64';

/** The whole user data as text in canonical form; references have the names of their resources. */
function bootScript(template: Resource, assembly: Assembly): string {
  const value = template.at(userDataPath);
  const text = value === undefined ? undefined : canonical(value, template.stack, assembly);
  return typeof text === 'string' ? text : '';
}

/**
 * Every value of a variable in the user data, from lines `NAME=value`, also with a space or `export` before it: a
 * program may read either.
 */
export const bootSettings = (template: Resource, name: string, assembly: Assembly): readonly string[] =>
  [...bootScript(template, assembly).matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(.*)$/gm)]
    .filter(([, variable]) => variable === name)
    .map(([, , value]) => value ?? '');

/** Whether the user data has one value for a variable, and exactly this one. */
export function bootSettingIs(template: Resource, name: string, value: unknown, assembly: Assembly): boolean {
  const [only, ...others] = bootSettings(template, name, assembly);
  return only !== undefined && only === value && others.length === 0;
}

/** Whether a value is a reference to a resource of a type, with exactly this text before and after it. */
export const isReferenceTo = (value: string, type: string, assembly: Assembly, before = '', after = ''): boolean =>
  assembly.ofType(type).some((resource) => value === `${before}\${${nameOf(resource, assembly.facts)}}${after}`);

/**
 * The text of a file that a server fetches, as the deployment uploads it; `undefined` if it fetches none or several.
 */
export function fetchedText(template: Resource, file: string, assembly: Assembly): string | undefined {
  const fetches = [...bootScript(template, assembly).matchAll(/^fetch (\S+) (\S+) \S+ (\S+)$/gm)].filter(([, , , name]) => name === file);
  const [, bucket, key] = fetches.length === 1 ? (fetches[0] ?? []) : [];
  if (bucket === undefined || key === undefined) return undefined;
  return uploadedFile(template.stack, assembly.facts, bucket, key)?.content.toString('utf8');
}

/** The text of a file of settings that the user data writes; `undefined` if it writes none or several. */
export function settingsFile(template: Resource, file: string, assembly: Assembly): string | undefined {
  const texts = [...bootScript(template, assembly).matchAll(/^keep (\S+) <<'SETTINGS'\n(.*?)\nSETTINGS$/gms)].filter(
    ([, name]) => name === file,
  );
  return texts.length === 1 ? texts[0]?.[2] : undefined;
}

/** The names of the files that a server fetches. */
export const fetchedFiles = (template: Resource, assembly: Assembly): readonly string[] =>
  [...bootScript(template, assembly).matchAll(/^fetch \S+ \S+ [0-9a-f]{64} (\S+)$/gm)].map(([, name]) => name ?? '');

/** Whether a server fetches a program once, and verifies its checksum. */
export function fetchesChecked(template: Resource, file: string, assembly: Assembly): boolean {
  const lines = bootScript(template, assembly).split('\n');
  const [only, ...others] = lines.filter((line) => /^\s*fetch\s/.test(line) && line.split(/\s/).includes(file));
  const [, fetched] = /^fetch \S+ \S+ [0-9a-f]{64} (\S+)$/.exec(only ?? '') ?? [];
  return fetched === file && others.length === 0;
}
