// Time limits of the calls of functions to S3 and STS. By default the SDK has none, and a lost answer costs the rest
// of the invocation.

/**
 * Options of the SDK's request handlers, in milliseconds: time limit of the connection, of the call until the header
 * of its response, which includes the body of a write, and of inactivity during the body of the response. An object of
 * 100 MB is written in seconds. Three attempts, the SDK's default, end within the 180 seconds that the functions of
 * the lake reserve for their last object.
 */
export const boundedCalls = { connectionTimeout: 3_000, requestTimeout: 50_000, throwOnRequestTimeout: true, socketTimeout: 15_000 };
