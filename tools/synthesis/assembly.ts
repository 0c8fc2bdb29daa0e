// Reads the stacks of an assembly folder.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One synthesized stack. */
export interface SynthesizedStack {
  /** The stack's construct id, as in `production-network`. */
  readonly name: string;
  /** The account that the stack is deployed to. @default - that of the credentials */
  readonly account?: string;
  /** The region that the stack is deployed to. */
  readonly region: string;
  /** Path of the template. */
  readonly file: string;
  /** The template as plain JSON. */
  readonly template: Readonly<Record<string, unknown>>;
}

interface Manifest {
  readonly artifacts: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  /** As in `aws://unknown-account/eu-west-3`. */
  readonly environment?: string;
  readonly properties?: { readonly templateFile?: string };
}

/** The stacks of the assembly in `folder`, by name. Throws if the folder has no assembly. */
export function readStacks(folder: string): readonly SynthesizedStack[] {
  const manifest = join(folder, 'manifest.json');
  if (!existsSync(manifest)) throw new Error(`${folder}: expected an assembly with manifest.json, got none; see the output of the app`);
  const { artifacts } = readJson(manifest) as Manifest;
  return Object.entries(artifacts)
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([name, artifact]) => readStack(folder, name, artifact))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readStack(folder: string, name: string, { environment, properties }: Artifact): SynthesizedStack {
  const file = join(folder, properties?.templateFile ?? `${name}.template.json`);
  const [account, region = ''] = environment?.split('/').slice(-2) ?? [];
  const template = readJson(file) as SynthesizedStack['template'];
  return { name, region, file, template, ...(account === undefined || account === 'unknown-account' ? {} : { account }) };
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
