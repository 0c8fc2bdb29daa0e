// The text in a template: intrinsics joined as far as they are known, and every string of a value with its path.
import { isObject, type Json } from './assembly';

/** A string of a template and the path to it. */
export interface Text {
  readonly path: string;
  readonly text: string;
}

/**
 * A value as text. What only deployment knows stays as `${...}`, without colons, so that ARNs can be taken apart:
 * `{"Ref": "AWS::Region"}` becomes `${AWS.Region}`. `undefined` where the value is no text at all.
 */
export function renderText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return undefined;
  if (typeof value.Ref === 'string') return `\${${value.Ref.replace('::', '.')}}`;
  const join = value['Fn::Join'];
  if (Array.isArray(join)) return renderedJoin(join);
  const sub = value['Fn::Sub'];
  if (sub !== undefined) return renderedSub(sub as Json);
  const imported = value['Fn::ImportValue'] ?? value['Fn::GetStackOutput'];
  if (imported !== undefined) return '${imported}';
  const getAtt = value['Fn::GetAtt'];
  if (Array.isArray(getAtt)) return `\${${getAtt.filter((part) => typeof part === 'string').join('.')}}`;
  return typeof getAtt === 'string' ? `\${${getAtt}}` : undefined;
}

function renderedJoin(join: readonly Json[]): string | undefined {
  const [separator, parts] = join;
  if (typeof separator !== 'string' || !Array.isArray(parts)) return undefined;
  return parts.map((part: Json) => renderText(part) ?? '${?}').join(separator);
}

function renderedSub(sub: Json): string | undefined {
  const [text, given] = Array.isArray(sub) ? (sub as readonly Json[]) : [sub];
  if (typeof text !== 'string') return undefined;
  const variables = isObject(given) ? given : {};
  return text.replace(/\$\{([^}]*)\}/g, (_, name: string) =>
    Object.hasOwn(variables, name) ? (renderText(variables[name]) ?? '${?}') : `\${${name.replace('::', '.')}}`,
  );
}

/** Every string and number below `value`, keys of objects included; a join or substitution counts as the one string it makes. */
export function textsOf(value: Json | undefined, path = ''): readonly Text[] {
  const texts: Text[] = [];
  collect(value, path, texts);
  return texts;
}

function collect(value: Json | undefined, path: string, texts: Text[]): void {
  if (typeof value === 'string' || typeof value === 'number') {
    texts.push({ path, text: String(value) });
  } else if (Array.isArray(value)) {
    value.forEach((element: Json, index) => {
      collect(element, childPath(path, String(index)), texts);
    });
  } else if (isObject(value)) {
    const whole = 'Fn::Join' in value || 'Fn::Sub' in value ? renderText(value) : undefined;
    if (whole !== undefined) texts.push({ path, text: whole });
    for (const [key, member] of Object.entries(value)) {
      if (!isReference(key)) texts.push({ path: childPath(path, key), text: key });
      if (key !== 'Ref' && key !== 'Fn::GetAtt') collect(member, childPath(path, key), texts);
    }
  }
}

const isReference = (key: string): boolean => key === 'Ref' || key.startsWith('Fn::');

const childPath = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

const known = new WeakMap<object, readonly Text[]>();

/** `textsOf` of a resource's properties or of another object that does not change; read once and remembered. */
export function textsOfObject(value: object): readonly Text[] {
  const before = known.get(value);
  if (before) return before;
  const texts = textsOf(value as Json);
  known.set(value, texts);
  return texts;
}
