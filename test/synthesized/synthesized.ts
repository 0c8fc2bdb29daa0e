// The synthesized deployments that test files share: each is synthesized once a run, by the first file that asks for
// it.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import type { SiteName } from '../../lib/config/site';
import { readJson, readStacks, type SynthesizedStack } from '../../tools/synthesis/assembly';
import { type SynthesisResult, siteLabel, synthesizeSync } from '../../tools/synthesis/synthesize';
import { sharedFolder } from './folder';

/** Milliseconds that a test process waits for another one's synth before it gives up. */
const patience = 120_000;

/** One deployment at one site, synthesized without the library's own validation, which `npm run check` runs. */
export class Synthesized {
  readonly stacks: readonly SynthesizedStack[];

  constructor(
    readonly deployment: string,
    /** The folder of the assembly. */
    readonly folder: string,
    /** What the app said, and whether it found a violation. */
    readonly result: SynthesisResult,
  ) {
    if (!existsSync(join(folder, 'manifest.json'))) {
      throw new Error(`synth of ${deployment}: expected an assembly, got none:\n${result.stdout}${result.stderr}`);
    }
    this.stacks = readStacks(folder);
  }

  /** The stack `<deployment>-<name>`, as in `stack('network')`. */
  stack(name: string): SynthesizedStack {
    const found = this.stacks.find((stack) => stack.name === `${this.deployment}-${name}`);
    if (!found) throw new Error(`stack: expected one of ${this.stacks.map((stack) => stack.name).join(', ')}, got ${name}`);
    return found;
  }

  /** The same stack for the assertions of the library. */
  template(name: string): Template {
    return Template.fromJSON(this.stack(name).template);
  }

  /** A JSON file of the assembly, as in `file('tom-evidence.json')`. */
  file(name: string): unknown {
    return readJson(join(this.folder, name));
  }
}

/** The deployment at the site. Safe to call while test files are collected: it does not wait for promises. */
export function synthesized(deployment: string, site: SiteName = 'home'): Synthesized {
  const folder = join(sharedFolder(), siteLabel({ deployment, site }));
  const result = onceARun(folder, () => synthesizeSync({ deployment, site, outdir: folder, validation: false }));
  return new Synthesized(deployment, folder, result);
}

/** Runs `make` in the first test process that asks, and hands its result to all; the others wait for it. */
function onceARun(folder: string, make: () => SynthesisResult): SynthesisResult {
  const done = `${folder}.done.json`;
  if (existsSync(done)) return readJson(done) as SynthesisResult;
  if (!claim(`${folder}.claim`)) return awaitOther(done);
  const result = make();
  writeFileSync(`${done}.part`, JSON.stringify(result));
  renameSync(`${done}.part`, done);
  return result;
}

/** Whether this process is the first: the folder can be made only once. */
function claim(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function awaitOther(done: string): SynthesisResult {
  const deadline = Date.now() + patience;
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(done)) {
    if (Date.now() > deadline)
      throw new Error(`${done}: expected another test file's synth, got none in ${patience / 1000} s; see its error`);
    Atomics.wait(sleeper, 0, 0, 50);
  }
  return readJson(done) as SynthesisResult;
}
