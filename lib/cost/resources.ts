// The resources of synthesized templates, as the model of costs reads them.

/** A synthesized stack; the assembly reader of the tools returns it. */
export interface CostedStack {
  /** As in `production-network`. */
  readonly name: string;
  readonly region: string;
  readonly template: Readonly<Record<string, unknown>>;
}

export interface Resource {
  /** The stack without its deployment, as in `network`. */
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

type Json = Readonly<Record<string, unknown>>;

/** All resources of the stacks of one deployment. */
export function resourcesOf(stacks: readonly CostedStack[]): readonly Resource[] {
  return stacks.flatMap(({ name, template }) =>
    Object.entries((template.Resources ?? {}) as Readonly<Record<string, { Type: string; Properties?: Json }>>).map(
      ([id, { Type, Properties }]) => ({ stack: name.split('-').at(-1) ?? name, id, type: Type, properties: Properties ?? {} }),
    ),
  );
}

/**
 * The stacks without the copies of backups and the watch over them: copies of the database are whole, twice a day, and
 * would outweigh everything else in a comparison of the path of hits.
 */
export const withoutBackups = (stacks: readonly CostedStack[]): readonly CostedStack[] =>
  stacks.filter(({ name }) => !/-(?:backup|recovery)$/.test(name));

/** Whether a property refers to the resource, directly or by an export, whose name contains its logical id. */
export const refersTo = (property: unknown, { id }: Resource): boolean => (JSON.stringify(property) ?? '').includes(id);

/** A value below a property; undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((found, step) => (found as Record<string | number, unknown> | undefined)?.[step], value);
}

/** A number below a property, or `otherwise`. */
export function numberAt(value: unknown, path: readonly (string | number)[], otherwise: number): number {
  const found = at(value, ...path);
  return found === undefined || Number.isNaN(Number(found)) ? otherwise : Number(found);
}

/** A list below a property; empty where there is none. */
export const listAt = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};
