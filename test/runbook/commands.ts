// The commands of the runbook: the blocks of shell, and each call of the AWS CLI with its options and their values.

export interface Command {
  /** As in `lambda invoke`. */
  readonly operation: string;
  /** Values by option, without its dashes. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  /** What stands before the first option. */
  readonly positional: readonly string[];
}

/** The blocks of shell in Markdown. */
export const shellBlocks = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => text as string);

/**
 * Every call of the AWS CLI in a block without placeholders, whose brackets are redirections; calls within `$(...)`
 * and pipes included.
 */
export function awsCommands(block: string): readonly Command[] {
  return [...block.matchAll(/(?<![\w./-])aws /g)].map(({ index }) => commandOf(wordsFrom(block, index + 'aws '.length)));
}

function commandOf([service = '', operation = '', ...words]: readonly string[]): Command {
  const options = new Map<string, string[]>();
  const positional: string[] = [];
  let values = positional;
  for (const word of words) {
    if (/^--[a-z]/.test(word)) {
      values = [];
      options.set(word.slice(2), values);
    } else values.push(word);
  }
  return { operation: `${service} ${operation}`, options, positional };
}

/**
 * The words of a command, without their quotes, up to a pipe, a redirection, the end of a substitution or of the line.
 */
function wordsFrom(text: string, start: number): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = start; at < text.length; at++) {
    const character = text[at] as string;
    if (quote !== "'" && text.startsWith('$(', at)) {
      const end = endOfSubstitution(text, at);
      word = `${word ?? ''}${text.slice(at, end)}`;
      at = end - 1;
    } else if (quote === '"' && character === '\\') word = `${word ?? ''}${text[++at]}`;
    else if (character === quote) quote = '';
    else if (quote === '' && /['"]/.test(character)) {
      quote = character;
      word ??= '';
    } else if (quote === '' && /[|;>)\n]/.test(character)) break;
    else if (quote === '' && character === ' ') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = `${word ?? ''}${character}`;
  }
  return word === undefined ? words : [...words, word];
}

/** Where `$(...)` or `$((...))` ends that begins at `start`. */
function endOfSubstitution(text: string, start: number): number {
  let depth = 0;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')' && --depth === 0) return at + 1;
  }
  return text.length;
}
