// Repairs of a hit: a hit that can be kept is changed rather than refused, and each change is stated in the hit.
// (ADR 15) A fixed set without text of clients, so that it can label a metric and no name identifies a visitor.
import { repairsLimits } from '../../../runtime/hit';

type Text = 'kind' | 'url' | 'referrer' | 'visitor' | 'occurred' | 'id';

/** `<name>:<repair>`, as docs/adr/0015-hits-are-kept.md lists them. */
export type Repair =
  /** Octets of the body or of the query that are not of the declared charset, UTF-8 without one. */
  | 'hit:encoding'
  /** A body that could not be read: left out, the query has the hit. */
  | 'hit:body'
  /** A body of another Content-Encoding than the declared one, or of none: read as what it is. */
  | 'hit:coding'
  /** A Content-Type that is no media type: the body is read by its first character. */
  | 'hit:type'
  /** JSON in a JSON text: read as JSON. */
  | 'hit:parsed'
  /** `&amp;` between names: read as `&`. */
  | 'hit:markup'
  /** A file, or a part that has no name or could not be read, of multipart/form-data: left out. */
  | 'hit:file'
  | 'hit:part'
  /** More repairs than a hit can list. */
  | 'hit:more'
  | 'kind:missing'
  /** Longer than the column. */
  | `${'kind' | 'url' | 'referrer' | 'userAgent'}:cut`
  /** NUL or half a surrogate pair, replaced by U+FFFD. */
  | `${'kind' | 'url' | 'referrer' | 'fields'}:characters`
  /** Broken percent encoding, kept as it is. */
  | `${Text | 'fields'}:encoding`
  /** A macro that was not replaced, or a placeholder such as `undefined`: no value. */
  | `${'url' | 'referrer' | 'visitor' | 'occurred' | 'id'}:macro`
  /** A number, true or false in place of a text. */
  | `${'kind' | 'url' | 'referrer' | 'visitor'}:text`
  /** An object or a list in place of a text: kept in the fields. */
  | `${Text}:moved`
  /** Several values: the first is used; in fields, all as a list. */
  | `${Text | 'fields'}:repeated`
  /** `name[]` in a form. */
  | `${Text | 'site' | 'fields'}:list`
  /** Too long or not storable; its hash is stored. */
  | 'visitor:hashed'
  | 'id:unusable'
  | `occurred:${'skew' | 'unreadable' | 'zone' | 'precision'}`
  /** Names that are none of a hit: kept in the fields. */
  | 'fields:unknown'
  /** JSON in a text: read as JSON. */
  | 'fields:parsed'
  /** No object: kept as the field `value`. */
  | 'fields:wrapped'
  /** Deeper levels: kept as text. */
  | 'fields:deep'
  /** A number of too many digits, `NaN` or `Infinity`: kept as text. */
  | 'fields:number'
  /** Longer than the column: the longest values are cut or left out; or more names than it can hold. */
  | 'fields:cut';

const none: readonly Repair[] = [];

export class Repairs {
  /** Undefined for nearly all hits, which need none. */
  private all: Set<Repair> | undefined;

  constructor(first: readonly Repair[]) {
    if (first.length > 0) this.all = new Set(first);
  }

  add(repair: Repair): void {
    this.all ??= new Set();
    this.all.add(repair);
  }

  /** Each once, at most as many as a hit can list. */
  get list(): readonly Repair[] {
    if (this.all === undefined) return none;
    const list = [...this.all];
    return list.length <= repairsLimits.count ? list : [...list.slice(0, repairsLimits.count - 1), 'hit:more'];
  }
}
