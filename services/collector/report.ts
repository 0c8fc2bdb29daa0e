// The log of the program: one JSON object for each event, on one line.

/** @param event name of the event. Details contain no data of hits. */
export type Report = (event: string, details?: { readonly [name: string]: unknown }) => void;

/** Logs to standard output, which systemd writes to its journal. */
export const reportToOutput: Report = (event, details = {}) => {
  process.stdout.write(`${JSON.stringify({ event, time: new Date().toISOString(), ...details })}\n`);
};
