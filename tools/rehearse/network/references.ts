// Resources by name, and the names in canonical values.
import { type Json, type JsonObject, listOf } from '../../../lib/tom/template/assembly';

export interface Named {
  readonly name: string;
  readonly type: string;
  readonly properties: JsonObject;
}

/** Name of the resource that a canonical reference is to, as in `${network/Vpc}` or `${network/Vpc.CidrBlock}`. */
export const referenceIn = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? /^\$\{([\w-]+\/\w+)(?:\.[\w.]+)?\}$/.exec(value)?.[1] : undefined;

export const referencesIn = (value: Json | undefined): readonly string[] => listOf(value).flatMap((element) => referenceIn(element) ?? []);
