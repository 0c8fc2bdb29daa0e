// A hit as it was sent, in JSON or in a form, before its names and values are read.
import { fieldsLimits } from '../../../runtime/hit';
import type { Repair } from './repairs';

/**
 * Names of a hit that are read, in JSON as in a form: `fields` holds no more, because each needs two bytes there, as
 * an item of a list. Further names are left out, which the hit states.
 */
export const mostNames = fieldsLimits.bytes / 2;

/** A value that is no text and not null, as JSON text. */
export class JsonText {
  /**
   * @param json as it was sent
   * @param plain whether it can be stored as it is: on one line, within the levels, without repeated names, unstorable
   * characters and unstorable numbers
   */
  constructor(
    readonly json: string,
    readonly plain: boolean,
  ) {}

  /** Whether it is an object or a list. */
  get isCompound(): boolean {
    return this.json.startsWith('{') || this.json.startsWith('[');
  }
}

export type SentValue = string | null | JsonText;

export interface Sent {
  readonly name: string;
  readonly value: SentValue;
  /** Whether the name was sent as that of a list: `name[]`. */
  readonly isList?: boolean;
}

export interface RawHit {
  /** In the order in which they were sent; names may be repeated. */
  readonly values: readonly Sent[];
  /** Fields that a form sends by their own names: `f.color`. */
  readonly fields: readonly Sent[];
  /** Whether texts may contain NUL or unpaired surrogates. */
  readonly escaped: boolean;
  /** Repairs that were necessary to read it. */
  readonly repairs: readonly Repair[];
}
