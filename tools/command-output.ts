// Output of commands: for people, or as JSON.

/** Prints `text`, or `value` as JSON. */
export const print = (json: boolean | undefined, value: unknown, text: string): void =>
  console.log(json === true ? JSON.stringify(value, undefined, 2) : text);

/** Rows in columns as wide as their widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
