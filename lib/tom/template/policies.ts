// IAM policy documents as rules read them: statements with lists where the document may have single values.
import { isObject, type Json, type JsonObject, listOf } from './assembly';
import { renderText } from './texts';

export interface Statement {
  /** Path of the statement below the resource's `Properties`, as in `PolicyDocument.Statement.0`. */
  readonly path: string;
  readonly json: JsonObject;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/**
 * The statements of a policy document that stands at `path`; none where there is no document. What cannot be read as a statement, or
 * as a document, may say anything once it is deployed: it is read as a grant of every action on everything.
 */
export function statementsOf(document: Json | undefined, path: string): readonly Statement[] {
  if (document === undefined) return [];
  const read = typeof document === 'string' ? parseJson(document) : document;
  if (!isPlain(read) || read.Statement === undefined) return [allowAnything(path)];
  const list = listOf(read.Statement);
  const single = !Array.isArray(read.Statement);
  return list.map((json, index) => statementOf(json, single ? `${path}.Statement` : `${path}.Statement.${index}`));
}

function statementOf(json: Json, path: string): Statement {
  if (!isPlain(json) || (json.Effect !== 'Allow' && json.Effect !== 'Deny')) return allowAnything(path);
  return { path, json, effect: json.Effect, actions: textList(json.Action), resources: textList(json.Resource) };
}

const allowAnything = (path: string): Statement => ({ path, json: {}, effect: 'Allow', actions: ['*'], resources: ['*'] });

/** Whether a value is an object as it is written, and not what an intrinsic function will make. */
function isPlain(value: Json | undefined): value is JsonObject {
  return isObject(value) && !Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));
}

/** A document that is written as text, as some types have it. */
function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A string or list of strings; what cannot be read as text becomes `*`, the widest reading. */
export function textList(value: Json | undefined): readonly string[] {
  return listOf(value).map((element) => renderText(element) ?? '*');
}

/** Whether an IAM pattern of actions (`s3:Get*`) matches `text`, without regard to case, as actions have none. */
export function matchesPattern(pattern: string, text: string): boolean {
  return matchesResource(pattern.toLowerCase(), text.toLowerCase());
}

/**
 * Whether an IAM pattern of resources (`*` and `?`) matches `text`; resources have their case.
 * No regular expression: a hostile pattern of many stars would make one run for ages.
 */
export function matchesResource(p: string, t: string): boolean {
  let at = 0;
  let star = -1;
  let afterStar = 0;
  for (let i = 0; i < t.length; ) {
    if (at < p.length && p[at] === '*') {
      star = at++;
      afterStar = i;
    } else if (at < p.length && (p[at] === '?' || p[at] === t[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++afterStar;
    } else {
      return false;
    }
  }
  while (p[at] === '*') at++;
  return at === p.length;
}

/** Whether the statement's actions include every one of `actions`. */
export function coversActions(statement: Statement, actions: readonly string[]): boolean {
  return actions.every((action) => statement.actions.some((pattern) => matchesPattern(pattern, action)));
}

/** Whether the statement concerns every principal there is. */
export function concernsEveryone(statement: Statement): boolean {
  const principal = statement.json.Principal;
  return principal === '*' || (isObject(principal) && listOf(principal.AWS).includes('*'));
}

/**
 * Whether the statement's only conditions are those given, each with exactly that value. A denial with a further
 * condition denies less than it seems to.
 */
export function conditionsAre(statement: Statement, expected: readonly { operator: string; key: string; value: string }[]): boolean {
  const conditions = statement.json.Condition;
  if (!isObject(conditions)) return expected.length === 0;
  const found = Object.entries(conditions).flatMap(([operator, keys]) =>
    isObject(keys) ? Object.entries(keys).map(([key, value]) => ({ operator, key, value })) : [{ operator, key: '', value: keys }],
  );
  return (
    found.length === expected.length &&
    expected.every((want) =>
      found.some((has) => has.operator === want.operator && has.key === want.key && listOf(has.value).map(String).join() === want.value),
    )
  );
}
