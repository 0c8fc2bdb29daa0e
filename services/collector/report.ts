// What happens is told as one JSON object a line, to whoever started the program.

/** @param event what happened, in a word or two; details hold no data of a hit */
export type Report = (event: string, details?: { readonly [name: string]: unknown }) => void;

/** Reports on standard output, where systemd's journal takes it. */
export const reportToOutput: Report = (event, details = {}) => {
  process.stdout.write(`${JSON.stringify({ event, time: new Date().toISOString(), ...details })}\n`);
};
