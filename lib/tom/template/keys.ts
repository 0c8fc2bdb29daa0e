// The customer-managed key that a property refers to.

import type { Assembly, Json, Resource } from './assembly';
import { keyAliasType, keyType } from './resource-types';
import { renderText } from './texts';

/**
 * The customer-managed key of the deployment that `value` refers to: directly, by an alias of the deployment, or by
 * the name of such an alias. `undefined` for AWS managed keys, key ids in plain text and unresolvable values.
 */
export function customerKey(value: Json | undefined, from: Resource, assembly: Assembly): Resource | undefined {
  const named = assembly.target(value, from.stack) ?? aliasNamed(value, assembly);
  const target = named?.type === keyAliasType ? assembly.target(named.at('TargetKeyId'), named.stack) : named;
  return target?.type === keyType ? target : undefined;
}

function aliasNamed(value: Json | undefined, assembly: Assembly): Resource | undefined {
  const name = renderText(value)?.replace(/^arn:.*:alias\//, 'alias/');
  if (!name?.startsWith('alias/')) return undefined;
  return assembly.ofType(keyAliasType).find((alias) => renderText(alias.at('AliasName')) === name);
}
