// What bypasses say of the templates they are put into.
import type { Assembly, JsonObject, ResourceJson } from '../template/assembly';
import { subnetsOf } from '../template/topology';

export const newResource = (Type: string, Properties: JsonObject = {}): ResourceJson => ({ Type, Properties });

/** A reference to the first resource of a type; to nothing where there is none. */
export const refTo = (type: string, assembly: Assembly): JsonObject => ({ Ref: assembly.ofType(type)[0]?.logicalId ?? 'Missing' });

export function attributeOf(type: string, attribute: string, assembly: Assembly): JsonObject {
  return { 'Fn::GetAtt': [assembly.ofType(type)[0]?.logicalId ?? 'Missing', attribute] };
}

/** A reference to the first subnet of a tier. */
export function subnetIn(tier: string, assembly: Assembly): JsonObject {
  return { Ref: subnetsOf(assembly).find((subnet) => subnet.tier === tier)?.resource.logicalId ?? 'Missing' };
}

/** A route in the table of the first subnet of a tier. */
export function routeFrom(tier: string, assembly: Assembly, rest: JsonObject): ResourceJson {
  const table = subnetsOf(assembly).find((subnet) => subnet.tier === tier)?.table;
  return newResource('AWS::EC2::Route', { RouteTableId: { Ref: table?.logicalId ?? 'Missing' }, ...rest });
}
