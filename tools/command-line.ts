// Shared by the command lines of all tools: options, --help, and errors that list the allowed values.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import pc from 'picocolors';

/** Colours; none unless stdout is a terminal. */
export const colours = pc.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR);

export interface CommandLine<T> {
  /** Printed by --help. */
  readonly usage: string;
  readonly options: T;
}

/** An error that the user can correct: its message suffices. */
export class ToolError extends Error {}

/** An error of the command line: the usage is printed too. */
export class UsageError extends ToolError {}

/** Runs a tool: parses its arguments, answers --help, and sets the exit code from its result or error. */
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
