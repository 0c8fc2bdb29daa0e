// Mutants of the files that a deployment uploads: missing in the manifest, in another bucket, or with another content;
// and of the lines of files that servers fetch.
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { Assembly, type ResourceJson, type StackTemplate } from '../../../lib/tom/template/assembly';
import type { Asset } from '../../../lib/tom/template/assets';
import { syntaxOf } from '../../../lib/tom/world/harmless-lines';
import { type LineMutation, lineMutations } from './lines';
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

/** A file or folder that a stack uploads. */
export interface Upload {
  readonly stack: StackTemplate;
  readonly asset: Asset;
}

/** The uploads of all stacks. CloudFormation receives the templates themselves, which are judged as such. */
export const uploadsOf = ({ stacks }: Assembly): readonly Upload[] =>
  stacks.flatMap((stack) => (stack.assets ?? []).filter(({ path }) => !path.endsWith('.template.json')).map((asset) => ({ stack, asset })));

/** Every mutant of the uploads, one at a time. `folder` receives the changed copies. */
export function* uploadMutants({ assembly }: Subject, folder: string, uploads = uploadsOf(assembly)): Generator<UploadMutant> {
  for (const { stack, asset } of uploads) {
    const mutant = (kind: UploadKind, changed: readonly Asset[]): UploadMutant => {
      const assets = (stack.assets ?? []).flatMap((other) => (other === asset ? changed : [other]));
      return { kind, stack, asset, assembly: withStack(assembly, stack, { ...stack, assets }) };
    };
    yield mutant('upload missing', []);
    yield mutant('upload elsewhere', [{ ...asset, bucket: 'stranger' }]);
    yield mutant('upload changed', [{ ...asset, path: changedCopy(asset, folder) }]);
  }
}

/** Templates with one line of an upload changed, and with the checksum of the changed file in place of the former. */
export interface LineMutant extends LineMutation {
  readonly stack: StackTemplate;
  readonly asset: Asset;
  /** Logical ids of the resources that have the checksum or the key of the file. */
  readonly users: readonly string[];
  readonly assembly: Assembly;
}

/**
 * Every mutant of the lines of the files whose syntax harmless-lines.ts has, with the checksum that a synthesis enters
 * for the changed file. Programs, of a server or a function, are left to their tests. `folder` receives the changed
 * files.
 */
export function* lineMutants({ assembly }: Subject, folder: string, uploads = uploadsOf(assembly)): Generator<LineMutant> {
  mkdirSync(folder, { recursive: true });
  for (const { stack, asset } of uploads) {
    const syntax = syntaxOf(asset.path);
    if (syntax === undefined || !statSync(asset.path).isFile()) continue;
    const content = readFileSync(asset.path, 'utf8');
    const users = usersOf(asset, content, stack);
    let number = 0;
    for (const mutation of lineMutations(content, syntax)) {
      number += 1;
      // A path of its own: contents are known by path.
      const path = join(folder, `${number}-${basename(asset.path)}`);
      writeFileSync(path, mutation.text);
      const changed = replacedUpload(stack, users, { asset, content }, { ...asset, path }, mutation.text);
      yield { ...mutation, stack, asset, users: Object.keys(users), assembly: withStack(assembly, stack, changed) };
    }
  }
}

const withStack = ({ facts, stacks }: Assembly, stack: StackTemplate, changed: StackTemplate): Assembly =>
  new Assembly(
    facts,
    stacks.map((other) => (other === stack ? changed : other)),
  );

const checksumOf = (content: string): string => createHash('sha256').update(content).digest('hex');

/** The resources that name the file, as JSON by logical id. */
function usersOf({ objectKey }: Asset, content: string, { template }: StackTemplate): Readonly<Record<string, string>> {
  const texts = Object.entries(template.Resources ?? {}).map(([id, json]) => [id, JSON.stringify(json)] as const);
  return Object.fromEntries(texts.filter(([, text]) => text.includes(checksumOf(content)) || text.includes(objectKey)));
}

/** The stack with the changed file under its own key, and with that key and its checksum where the former were. */
function replacedUpload(
  stack: StackTemplate,
  users: Readonly<Record<string, string>>,
  { asset, content }: { readonly asset: Asset; readonly content: string },
  changed: Asset,
  text: string,
): StackTemplate {
  const checksum = checksumOf(text);
  const objectKey = `${checksum}${extname(asset.objectKey)}`;
  const renamed = Object.entries(users).map(([id, json]) => {
    const replaced = json.replaceAll(asset.objectKey, objectKey).replaceAll(checksumOf(content), checksum);
    return [id, JSON.parse(replaced) as ResourceJson] as const;
  });
  const assets = (stack.assets ?? []).map((other) => (other === asset ? { ...changed, objectKey } : other));
  const Resources = { ...stack.template.Resources, ...Object.fromEntries(renamed) };
  return { ...stack, assets, template: { ...stack.template, Resources } };
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
