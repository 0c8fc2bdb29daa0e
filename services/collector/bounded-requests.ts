// Bounds of a call to AWS. The SDK has none of its own: a lost answer would be waited for without end.

/**
 * Milliseconds for the connection, for the call until the head of its answer, and between two pieces of the answer's body, at which the
 * bound of the call has ended already; options of the SDK's request handlers.
 */
export const boundedRequests = {
  connectionTimeout: 3_000,
  requestTimeout: 15_000,
  throwOnRequestTimeout: true,
  socketTimeout: 15_000,
} as const;
