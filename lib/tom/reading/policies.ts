// IAM policy documents as rules read them: statements with lists where the document may have single values.
import { isObject, type Json, type JsonObject, listOf } from '../assembly';
import { rendered } from './texts';

export interface Statement {
  /** Path of the statement below the resource's `Properties`, as in `PolicyDocument.Statement.0`. */
  readonly path: string;
  readonly json: JsonObject;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** The statements of a policy document that stands at `path`. What is no statement is left out. */
export function statementsOf(document: Json | undefined, path: string): readonly Statement[] {
  if (!isObject(document)) return [];
  const list = listOf(document.Statement);
  const single = !Array.isArray(document.Statement);
  return list.flatMap((json, index) => {
    if (!isObject(json)) return [];
    return [
      {
        path: single ? `${path}.Statement` : `${path}.Statement.${index}`,
        json,
        // Whatever is not plainly a denial is read as a grant, so that nothing escapes by its spelling.
        effect: json.Effect === 'Deny' ? 'Deny' : 'Allow',
        actions: textList(json.Action),
        resources: textList(json.Resource),
      } as const,
    ];
  });
}

/** A string or list of strings; what cannot be read as text becomes `*`, the widest reading. */
export function textList(value: Json | undefined): readonly string[] {
  return listOf(value).map((element) => rendered(element) ?? '*');
}

/**
 * Whether an IAM pattern (`s3:Get*`, with `*` and `?`) matches `text`, without regard to case as IAM does for actions.
 * No regular expression: a hostile pattern of many stars would make one run for ages.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const p = pattern.toLowerCase();
  const t = text.toLowerCase();
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
