// A command of npm run vpn: a refusal is an error that the person can correct.
import type { ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf, Refusal } from '../../runtime/vpn/refusal';
import { type Command, type CommandLine, command, ToolError } from '../command-line';

type Options = NonNullable<ParseArgsConfig['options']>;

export const vpnCommand = <T extends Options>(
  line: CommandLine<T>,
  main: (values: ReturnType<typeof parseArgs<{ options: T }>>['values']) => Promise<number>,
): Command =>
  command(line, async (values) => {
    try {
      return await main(values);
    } catch (error) {
      throw error instanceof Refusal ? new ToolError(messageOf(error)) : error;
    }
  });
