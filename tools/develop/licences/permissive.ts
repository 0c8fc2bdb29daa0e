// Licences that allow a package to be bundled into what is deployed.

/**
 * Permissive licences, by their SPDX identifiers (SPDX License List): they require no more than a notice where the
 * code is used, changed or distributed.
 */
export const permissive: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
];

/**
 * Whether a licence expression leaves a choice of permissive licences alone (SPDX Specification, Annex "License
 * expressions"): one side of `OR`, both of `AND`. An exception, as in `Apache-2.0 WITH LLVM-exception`, is not on the
 * list, and neither is a text that is no expression.
 */
export function isPermissive(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  const { value, rest } = either(tokens);
  return value && rest.length === 0;
}

interface Parsed {
  readonly value: boolean;
  readonly rest: readonly string[];
}

function either(tokens: readonly string[]): Parsed {
  const first = both(tokens);
  if (first.rest[0] !== 'OR') return first;
  const second = either(first.rest.slice(1));
  return { value: first.value || second.value, rest: second.rest };
}

function both(tokens: readonly string[]): Parsed {
  const first = single(tokens);
  if (first.rest[0] !== 'AND') return first;
  const second = both(first.rest.slice(1));
  return { value: first.value && second.value, rest: second.rest };
}

function single([token, ...rest]: readonly string[]): Parsed {
  if (token !== '(') return { value: token !== undefined && permissive.includes(token), rest };
  const inner = either(rest);
  return inner.rest[0] === ')' ? { value: inner.value, rest: inner.rest.slice(1) } : { value: false, rest: inner.rest };
}
