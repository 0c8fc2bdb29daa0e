// Answers of AWS that the checks share: a resource that does not exist is an answer, not a failure.

/** The answer of a call; `undefined` where the error's name shows that the resource does not exist. */
export async function whereExists<T>(call: Promise<T>, missing: RegExp): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && missing.test(error.name)) return undefined;
    throw error;
  }
}
