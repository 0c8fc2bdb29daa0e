// Undoes what a test of a handler changed in its own process.

/** After each test of the file: restores the mocks, and the environment as it is now. */
export function restoreAfterEach(): void {
  const before = { ...process.env };
  afterEach(() => {
    jest.restoreAllMocks();
    process.env = { ...before };
  });
}
