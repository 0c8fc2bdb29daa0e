// What roles hold: the entries of the tables of powers (powers.ts) and of access to data (data-access.ts).

export interface Power {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Names of the roles whose control it is. */
  readonly holders: readonly string[];
  /** The control, with its clause. */
  readonly control: string;
}

/** A group of actions on the content of a store. No role deletes. */
export type Use = 'read' | 'write' | 'list' | 'decrypt' | 'encrypt' | 'connect';

export interface Access {
  /** Name of the resource, as in `data/Archive`. */
  readonly store: string;
  readonly use: Use;
  readonly actions: readonly string[];
  /** Texts as in a calls.ts. */
  readonly resources: readonly string[];
  /** Names of the roles. */
  readonly holders: readonly string[];
  /** Service of AWS through which alone a key is used ("kms:ViaService"). @default - any */
  readonly through?: string;
}

/** A family of roles with stores of their own; `<id>` is the beginning of their names. */
export interface Family {
  /** The roles, for a reader. */
  readonly title: string;
  readonly ids: readonly string[];
}

/** An entry of the table: one access, or that of each role of a family. */
export interface Entry extends Access {
  readonly family?: Family;
}
