// Limits of the export of hits to the lake.

/** Limits of one object: rows, and characters of their texts. Together they bound the memory of the function. */
export const objectLimits = { rows: 100_000, characters: 96 * 2 ** 20 } as const;

/** Rows of one page of the database. */
export const pageSize = 5_000;
