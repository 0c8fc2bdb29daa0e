// The error of a file in the lake that cannot be read.

/** A file of the lake that cannot be read: damaged, cut off, or not of the lake. */
export class LakeFileError extends Error {
  override readonly name = 'LakeFileError';

  /** @param of key of the object, if it is known, and the error behind this one */
  constructor(
    readonly expected: string,
    readonly got: string,
    { key, cause }: { readonly key?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(
      `lake file${key === undefined ? '' : ` ${key}`}: expected ${expected}, got ${got}; compare its SHA-256 with rempart.lake_files, and export the day again while the window has it (runbook: A file of the lake is gone)`,
      { cause },
    );
  }
}
