// Which customer-managed key a property names.
import type { Assembly, Json, Resource } from './assembly';
import { renderText } from './texts';

/**
 * The customer-managed key of the deployment that `value` names: by reference, by an alias of the deployment, or by the
 * name of such an alias. `undefined` for AWS managed keys, keys written out by id, and what cannot be resolved.
 */
export function customerKey(value: Json | undefined, from: Resource, assembly: Assembly): Resource | undefined {
  const named = assembly.target(value, from.stack) ?? aliasNamed(value, assembly);
  const target = named?.type === 'AWS::KMS::Alias' ? assembly.target(named.at('TargetKeyId'), named.stack) : named;
  return target?.type === 'AWS::KMS::Key' ? target : undefined;
}

function aliasNamed(value: Json | undefined, assembly: Assembly): Resource | undefined {
  const name = renderText(value)?.replace(/^arn:.*:alias\//, 'alias/');
  if (!name?.startsWith('alias/')) return undefined;
  return assembly.ofType('AWS::KMS::Alias').find((alias) => renderText(alias.at('AliasName')) === name);
}
