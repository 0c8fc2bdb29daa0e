// Commands of the SDK that the sources of a folder create.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** Names of the commands that the sources below a folder of the repository create, sorted. */
export function sourceCommands(folder: string): readonly string[] {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter(({ name }) => name.endsWith('.ts'));
  const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/\bnew ([A-Z]\w+Command)\(/g)].map(([, command = '']) => command)))].sort();
}
