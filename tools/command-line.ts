// Shared by the command lines of all tools: options, --help, and errors that list the allowed values.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import pc from 'picocolors';
import { nearest } from '../lib/config/file/nearest';

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

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>['values'];

/** Runs a tool: parses its arguments, answers --help, and sets the exit code from its result or error. */
export async function runTool<T extends Options>(
  { usage, options }: CommandLine<T>,
  main: (values: Values<T>) => Promise<number>,
): Promise<void> {
  await answerWith(usage, () => main(optionValues(options, process.argv.slice(2))));
}

/** A command of a tool that has several, as in `npm run vpn -- issue`. */
export interface Command {
  /** Printed by --help after the command. */
  readonly usage: string;
  readonly run: (args: readonly string[]) => Promise<number>;
}

export const command = <T extends Options>({ usage, options }: CommandLine<T>, main: (values: Values<T>) => Promise<number>): Command => ({
  usage,
  run: async (args) => main(optionValues(options, args)),
});

/** Runs the command that the first argument names. `usage` is printed by --help without a command. */
export async function runCommands(usage: string, commands: Readonly<Record<string, Command>>): Promise<void> {
  const [name = '', ...args] = process.argv.slice(2);
  const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
  await answerWith(found?.usage ?? usage, async () => {
    if (found) return found.run(args);
    const names = Object.keys(commands);
    const near = nearest(name, names);
    const remedy = near ? `did you mean ${near}?` : 'write it after npm run ... --';
    throw new UsageError(`command line: expected ${anyOf(names)}, got ${name === '' ? 'nothing' : JSON.stringify(name)}; ${remedy}`);
  });
}

async function answerWith(usage: string, main: () => Promise<number>): Promise<void> {
  try {
    if (process.argv.includes('--help')) console.log(usage);
    else process.exitCode = await main();
  } catch (error) {
    const isUsage = error instanceof UsageError;
    process.exitCode = isUsage ? 2 : 1;
    if (isUsage) console.error(`${error.message}\n\n${usage}`);
    else console.error(error instanceof ToolError ? error.message : error);
  }
}

/**
 * The values of the options among `args`.
 *
 * @throws UsageError for an unknown option, an argument without an option, and a value that is missing or superfluous
 */
export function optionValues<T extends Options>(options: T, args: readonly string[]): Values<T> {
  for (const token of parseArgs({ options, args: [...args], strict: false, tokens: true }).tokens) {
    if (token.kind === 'positional') {
      throw new UsageError(`command line: expected options only, got ${JSON.stringify(token.value)}; remove it`);
    }
    if (token.kind === 'option') checkOption(token.rawName, options[token.name]?.type, token, Object.keys(options));
  }
  return parseArgs({ options, args: [...args] }).values;
}

interface Given {
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function checkOption(name: string, type: string | undefined, { value, inlineValue }: Given, known: readonly string[]): void {
  if (type === undefined) {
    const flags = [...new Set([...known, 'help'])].map((option) => `--${option}`);
    const near = nearest(name, flags);
    throw new UsageError(`command line: expected ${anyOf(flags)}, got ${name}; ${near ? `did you mean ${near}?` : 'remove it'}`);
  }
  if (type === 'boolean' && value !== undefined) {
    throw new UsageError(`${name}: expected no value, got ${JSON.stringify(value)}; remove the value`);
  }
  if (type === 'string' && value === undefined) throw new UsageError(`${name}: expected a value, got none; add it after the option`);
  if (type === 'string' && inlineValue === false && value?.startsWith('-') && value.length > 1) {
    throw new UsageError(`${name}: expected a value, got the option ${value}; add the value, or write ${name}=${value}`);
  }
}

const anyOf = (values: readonly string[]): string =>
  values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
