// Bounds of a call to AWS. The SDK has none of its own: a lost answer would be waited for without end.

/** Milliseconds for the connection and for the whole call; options of the SDK's request handlers. */
export const boundedRequests = { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true } as const;
