// The code of a function: an asset of the stack whose folder carries the mark of the control. The key of the asset has
// the digest of the folder, so the uploaded code is that of the assembly.
import { createHash } from 'node:crypto';
import { controlMark, controlMarkText } from '../../config/control-mark';
import type { Control } from '../../config/names';
import { isObject, type Json } from '../template/assembly';
import { type AssetFolder, folderOf } from '../template/assets';
import { type Context, type Form, fill, matches } from './form';

/** Bucket of the bootstrap, with the default qualifier ("Customize AWS CDK bootstrapping"). */
export const assetBucket = 'cdk-hnb659fds-assets-${AWS::AccountId}-<region>';

/** File of the handler in the folder of the code. */
const bundle = 'index.js';

export interface CodeOptions {
  readonly control: Control;
  /** Variables that the code must read. */
  readonly variables: readonly string[];
  /** Further files, by path in the folder. @default - none */
  readonly files?: RegExp | undefined;
}

/** The location of the code of a control: bucket and key, and nothing else. */
export function codeOf(options: CodeOptions): Form {
  return {
    deviations({ value, path, context, leaf }) {
      for (const property of ['S3Bucket', 'S3Key']) leaf?.(`${path}.${property}`, 'closed');
      const required = missingFrom(value, context, options);
      return required === undefined ? [] : [{ path, found: value, required }];
    },
  };
}

function missingFrom(value: Json | undefined, context: Context, options: CodeOptions): string | undefined {
  const S3Bucket = fill(assetBucket, context);
  const key = isObject(value) ? value.S3Key : undefined;
  if (!isObject(value) || Object.keys(value).toSorted().join() !== 'S3Bucket,S3Key' || value.S3Bucket !== S3Bucket)
    return `S3Bucket ${S3Bucket} and S3Key, and no other property`;
  const assets = (context.resource.stack.assets ?? []).filter(({ objectKey }) => objectKey === key);
  const { account } = context.facts.settings;
  const inAccount = account === undefined ? S3Bucket : S3Bucket.replace('${AWS::AccountId}', account);
  const isInBucket = assets.length === 1 && assets.every(({ bucket }) => bucket === inAccount);
  const folder = assets[0] && folderOf(assets[0]);
  if (!isInBucket || !folder) return `the key of a folder among the assets of the stack ${context.resource.stack.name}`;
  if (key !== `${folder.digest}.zip`) return `a key with the digest of its folder, ${folder.digest}.zip`;
  return folderFault(folder, options);
}

function folderFault({ files }: AssetFolder, { control, variables, files: further }: CodeOptions): string | undefined {
  const code = files.get(bundle) ?? '';
  if (files.get(controlMark) !== controlMarkText(control, code))
    return `the asset of the control ${control}: ${controlMark} with its name and the digest of ${bundle}`;
  const unread = variables.filter((variable) => !new RegExp(`\\b${variable}\\b`).test(code));
  if (!code.includes('handler') || unread.length > 0)
    return `code with a handler that reads the variables of its env.ts; ${unread.join(', ')} missing`;
  const others = [...files.keys()].filter((file) => file !== bundle && file !== controlMark);
  const areDeclared = further ? others.length > 0 && others.every((file) => further.test(file)) : others.length === 0;
  return areDeclared ? undefined : `${bundle}, ${controlMark}${further ? ` and files ${further.source}` : ''} in the folder of the code`;
}

/** The property of a custom resource that runs the function again when the files of its code change. */
export function checksumOf(functionId: string, files: RegExp): Form {
  const text = matches(/[0-9a-f]{64}/, `the digest of the files ${files.source} in the code of ${functionId}`);
  return {
    deviations(place) {
      const found = text.deviations(place);
      if (found.length > 0 || place.value === digestOfFiles(functionId, files, place.context)) return found;
      return [{ path: place.path, found: place.value, required: `the digest of the files in the code of ${functionId}` }];
    },
  };
}

/** As `checksumOf` of lib/database/migration-files.ts: SHA-256 over paths and contents. */
function digestOfFiles(functionId: string, pattern: RegExp, { resource: { stack } }: Context): string | undefined {
  const [, lambda] = Object.entries(stack.template.Resources ?? {}).find(([id]) => id.replace(/[0-9A-F]{8}$/, '') === functionId) ?? [];
  const key = (lambda?.Properties?.Code as { S3Key?: Json } | undefined)?.S3Key;
  const asset = (stack.assets ?? []).find(({ objectKey }) => objectKey === key);
  const files = asset && folderOf(asset)?.files;
  if (!files) return undefined;
  const hash = createHash('sha256');
  for (const [path, text] of [...files].filter(([path]) => pattern.test(path)).sort()) hash.update(`${path}\0${text.length}\0${text}`);
  return hash.digest('hex');
}
