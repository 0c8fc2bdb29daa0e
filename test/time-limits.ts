// Time limits of slow tests, in milliseconds; other tests have the limit of jest.config.js. Several times what two
// slow cores need.

/** A test, or its set-up, on a local PostgreSQL server, which starts in 2 to 4 s. */
export const databaseTimeLimit = 60_000;

/** A test that runs the bundle of a function in a process of its own, with a local PostgreSQL server behind it. */
export const deployedFunctionTimeLimit = 120_000;

/** A test that generates RSA keys of 4096 bits, of which each takes seconds. */
export const certificateTimeLimit = 120_000;

/** A test that runs the collector as a process. */
export const collectorTimeLimit = 60_000;

/** A test that repeats one case many times, such as a loss of power at each write. */
export const repetitionTimeLimit = 120_000;
