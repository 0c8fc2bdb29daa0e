// Content of the files that a deployment uploads beside its stacks, as a template names them by bucket and key.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { DeploymentFacts, StackTemplate } from './assembly';

export interface UploadedFile {
  readonly content: Buffer;
  /** SHA-256 of the content, in hexadecimal digits. */
  readonly checksum: string;
}

const known = new Map<string, UploadedFile & { readonly changed: number }>();

/**
 * The file that the deployment of a stack uploads to a bucket under a key; `undefined` if the manifest of the stack
 * has no such file. The bucket is in canonical form, with `${AWS::AccountId}` for the account.
 */
export function uploadedFile(
  stack: StackTemplate,
  { settings: { account } }: DeploymentFacts,
  bucket: string,
  key: string,
): UploadedFile | undefined {
  const generalOf = (name: string): string => (account === undefined ? name : name.replaceAll(account, '${AWS::AccountId}'));
  const asset = stack.assets?.find((candidate) => candidate.objectKey === key && generalOf(candidate.bucket) === bucket);
  return asset && contentOf(asset.path);
}

/** A folder has no content of its own. */
function contentOf(path: string): UploadedFile | undefined {
  const state = statSync(path, { throwIfNoEntry: false });
  if (!state?.isFile()) return undefined;
  const before = known.get(path);
  if (before?.changed === state.mtimeMs) return before;
  const content = readFileSync(path);
  const file = { content, checksum: createHash('sha256').update(content).digest('hex'), changed: state.mtimeMs };
  known.set(path, file);
  return file;
}
