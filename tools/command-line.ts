// What the tools' command lines have in common: options, --help, and an error that says what is allowed.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import pc from 'picocolors';

/** Colours, on a terminal alone. */
export const colours = pc.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR);

export interface CommandLine<T> {
  /** Printed by --help. */
  readonly usage: string;
  readonly options: T;
}

/** An error that the user can mend: its message is all they need. */
export class ToolError extends Error {}

/** The same, of the command line: the usage is shown too. */
export class UsageError extends ToolError {}

/** Runs a tool: parses its arguments, answers --help, and turns what it returns or throws into the exit code. */
export async function runTool<T extends NonNullable<ParseArgsConfig['options']>>(
  { usage, options }: CommandLine<T>,
  main: (values: ReturnType<typeof parseArgs<{ options: T }>>['values']) => Promise<number>,
): Promise<void> {
  try {
    if (process.argv.includes('--help')) console.log(usage);
    else process.exitCode = await main(parseArgs({ options }).values);
  } catch (error) {
    process.exitCode = isUsage(error) ? 2 : 1;
    if (isUsage(error)) console.error(`${error.message}\n\n${usage}`);
    else console.error(error instanceof ToolError ? error.message : error);
  }
}

function isUsage(error: unknown): error is Error {
  return error instanceof UsageError || (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
}
