// Mutants of the files that a deployment uploads: missing in the manifest, in another bucket, or with another content.
import { appendFileSync, cpSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Assembly, type StackTemplate } from '../../../lib/tom/template/assembly';
import type { Asset } from '../../../lib/tom/template/assets';
import type { Subject } from './mutants';

export const uploadKinds = ['upload missing', 'upload elsewhere', 'upload changed'] as const;
export type UploadKind = (typeof uploadKinds)[number];

/** Templates with one upload changed. */
export interface UploadMutant {
  readonly kind: UploadKind;
  readonly stack: StackTemplate;
  readonly asset: Asset;
  readonly assembly: Assembly;
}

/**
 * Every mutant of the uploads, one at a time. CloudFormation receives the templates themselves, which are judged as
 * such. `folder` receives the changed copies.
 */
export function* uploadMutants({ assembly }: Subject, folder: string): Generator<UploadMutant> {
  for (const stack of assembly.stacks) {
    for (const asset of stack.assets ?? []) {
      if (asset.path.endsWith('.template.json')) continue;
      const mutant = (kind: UploadKind, changed: readonly Asset[]): UploadMutant => {
        const assets = (stack.assets ?? []).flatMap((other) => (other === asset ? changed : [other]));
        const stacks = assembly.stacks.map((other) => (other === stack ? { ...stack, assets } : other));
        return { kind, stack, asset, assembly: new Assembly(assembly.facts, stacks) };
      };
      yield mutant('upload missing', []);
      yield mutant('upload elsewhere', [{ ...asset, bucket: 'stranger' }]);
      yield mutant('upload changed', [{ ...asset, path: changedCopy(asset, folder) }]);
    }
  }
}

/** A copy of a file or folder with a further line, in a folder the first file. */
function changedCopy({ path }: Asset, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const copy = join(folder, basename(path));
  cpSync(path, copy, { recursive: true });
  appendFileSync(firstFile(copy), '\n# stranger\n');
  return copy;
}

function firstFile(path: string): string {
  if (statSync(path).isFile()) return path;
  const [first] = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted();
  if (first === undefined) throw new Error(`${path}: expected a folder with a file, got none`);
  return first;
}
