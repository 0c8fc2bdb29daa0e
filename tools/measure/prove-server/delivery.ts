// What the deployment delivers to a server: the user data of its launch template, and the objects that this fetches.
// All of it is read from the synthesized assembly; nothing is made here but names in place of references.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, type SynthesizedStack } from '../../synthesis/assembly';

/** A file that the user data fetches. */
export interface DeliveredFile {
  /** Its name in /opt/rempart. */
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
  readonly sha256: string;
  readonly content: Buffer;
}

export interface Delivery {
  readonly region: string;
  readonly userData: string;
  readonly files: readonly DeliveredFile[];
  /** Lines `NAME=value` of the settings, by name. */
  readonly settings: ReadonlyMap<string, string>;
}

/** The account of the proof, as documentation writes one. */
const account = '111111111111';

const templateType = 'AWS::EC2::LaunchTemplate';

/**
 * What the one launch template of the assembly delivers.
 *
 * @param folder the folder of the assembly
 * @throws Error if there is no such template, or an object that it fetches is not in the assembly
 */
export function deliveryOf(folder: string, stacks: readonly SynthesizedStack[]): Delivery {
  const found = stacks.flatMap((stack) => launchTemplates(stack).map((userData) => ({ stack, userData })));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${folder}: expected one ${templateType} with user data, got ${found.length}; name the one that servers boot from`);
  }
  const userData = rendered(only.userData);
  const objects = assetsOf(folder, only.stack.name);
  const files = [...userData.matchAll(/^fetch (\S+) (\S+) ([0-9a-f]{64}) (\S+)$/gm)].map(
    ([, bucket = '', key = '', sha256 = '', name = '']) => {
      const path = objects.get(key);
      if (path === undefined) throw new Error(`${name}: expected its object ${key} among the assets of ${only.stack.name}, got none`);
      return { name, bucket, key, sha256, content: readFileSync(path) };
    },
  );
  const lines = [...userData.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value] as const);
  return { region: only.stack.region, userData, files, settings: new Map(lines) };
}

interface Template {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
}

function launchTemplates({ template }: SynthesizedStack): readonly unknown[] {
  const resources = Object.values((template as Template).Resources ?? {});
  return resources
    .filter(({ Type }) => Type === templateType)
    .map(({ Properties }) => (Properties as { LaunchTemplateData?: { UserData?: Record<string, unknown> } }).LaunchTemplateData?.UserData)
    .map((userData) => userData?.['Fn::Base64'])
    .filter((text) => text !== undefined);
}

/** Paths of the stack's assets by the keys of their objects. */
function assetsOf(folder: string, stack: string): ReadonlyMap<string, string> {
  const { files } = readJson(join(folder, `${stack}.assets.json`)) as {
    readonly files: Readonly<Record<string, { source: { path: string }; destinations: Record<string, { objectKey: string }> }>>;
  };
  return new Map(
    Object.values(files).flatMap(({ source, destinations }) =>
      Object.values(destinations).map(({ objectKey }) => [objectKey, join(folder, source.path)] as const),
    ),
  );
}

/** The text with a name in place of each reference, as CloudFormation would write one. */
function rendered(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name = '', argument] = []] = Object.entries((value ?? {}) as Readonly<Record<string, unknown>>);
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as readonly [string, readonly unknown[]];
    return parts.map(rendered).join(separator);
  }
  if (name === 'Fn::Sub' && typeof argument === 'string') return argument.replaceAll('${AWS::AccountId}', account);
  if (name === 'Ref' && argument === 'AWS::AccountId') return account;
  if (name === 'Ref' || name === 'Fn::ImportValue') return nameOf(rendered(argument));
  throw new Error(`user data: expected text and references, got ${name}; render it in tools/measure/prove-server/delivery.ts`);
}

/** A name that a bucket and a stream may have. */
const nameOf = (reference: string): string =>
  `prove-${reference
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(-40)
    .replace(/^-|-$/g, '')}`;
