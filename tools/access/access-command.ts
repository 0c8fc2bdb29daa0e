// A command of npm run access: its site, its functions, and refusals as errors that the person can correct.
import type { ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf, Refusal } from '../../runtime/vpn/refusal';
import { type Command, type CommandLine, command, ToolError, UsageError } from '../command-line';
import { configuredSite } from '../configured-site';
import { StaffFunctions } from './function-client';

type Options = NonNullable<ParseArgsConfig['options']>;
type Call = StaffFunctions['call'];

/** Options of every command. */
export const commonOptions = { deployment: { type: 'string' }, json: { type: 'boolean' } } as const;

export const commonUsage = `  --deployment NAME    the deployment, a file in config/ (production)
  --json               print the result as JSON
  --help               print this text`;

export const accessCommand = <T extends Options>(
  line: CommandLine<T>,
  main: (values: ReturnType<typeof parseArgs<{ options: T }>>['values'], call: Call) => Promise<number>,
): Command =>
  command(line, async (values) => {
    const { deployment } = values as { readonly deployment?: string };
    const functions = new StaffFunctions(configuredSite({ deployment: deployment ?? 'production' }), () => new Date());
    try {
      return await main(values, functions.call.bind(functions));
    } catch (error) {
      throw error instanceof Refusal ? new ToolError(messageOf(error)) : error;
    }
  });

/** A whole number of the command line. */
export function numberOf(option: string, text: string | undefined, most: number): number {
  const value = Number(text);
  if (text !== undefined && /^[1-9]\d*$/.test(text) && value <= most) return value;
  throw new UsageError(`--${option}: expected a whole number from 1 to ${most}, got ${text ?? 'none'}; correct it`);
}

/** An option that the command needs. */
export function needed(option: string, text: string | undefined): string {
  if (text !== undefined && text !== '') return text;
  throw new UsageError(`--${option}: expected a value, got none; add it`);
}
