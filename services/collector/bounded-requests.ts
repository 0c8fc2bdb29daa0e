// Time limits of calls to AWS. By default the SDK has none and waits for a lost answer without end.

/**
 * Options of the SDK's request handlers, in milliseconds: time limit of the connection, of the call until the header
 * of its response, and of inactivity during the response body, which `requestTimeout` does not cover.
 */
export const boundedRequests = {
  connectionTimeout: 3_000,
  requestTimeout: 15_000,
  throwOnRequestTimeout: true,
  socketTimeout: 15_000,
} as const;
