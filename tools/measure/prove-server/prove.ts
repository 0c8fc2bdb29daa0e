// The proof: what the deployment delivers, the image, a server for the steps, and one whose boot fails.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '../../command-line';
import { readStacks } from '../../synthesis/assembly';
import { synthesize } from '../../synthesis/synthesize';
import { withTemporaryFolder } from '../../synthesis/synthesize-sites';
import { Bench, type BenchOptions } from './bench';
import { type Delivery, deliveryOf } from './delivery';
import { imageIn } from './image';
import type { Acceleration } from './machine';
import { dnfRefusals, failing, type Step, steps } from './steps';

export interface Plan {
  /** Keeps the image, and takes the folders of runs. */
  readonly folder: string;
  readonly acceleration: Acceleration;
  /** Whether the folder of a run stays, with its disks and its console. */
  readonly keep: boolean;
  /** Takes each line of progress. */
  readonly say: (text: string) => void;
}

export interface StepResult {
  readonly name: string;
  readonly proves: string;
  readonly seconds: number;
  /** What was seen. */
  readonly seen: readonly string[];
  /** Why it does not hold; none where it does. */
  readonly failure?: string;
}

export interface Proof {
  readonly steps: readonly StepResult[];
  readonly seconds: number;
  /** Calls that no stand-in answers. */
  readonly refused: readonly string[];
  /** Folders that were kept. */
  readonly folders: readonly string[];
}

/** Whether every step ran and holds, and the server made no unexpected call. */
export const holds = ({ steps: results, refused }: Proof): boolean =>
  results.length === steps.length + 1 && results.every(({ failure }) => failure === undefined) && refused.length === 0;

/** A boot meets the lock for longer than it tries. */
const forever = 1_000_000;

export async function prove(plan: Plan): Promise<Proof> {
  const began = Date.now();
  plan.say('synthesizes the deployment');
  const delivery = await delivered();
  const image = imageIn(plan.folder, plan.say);
  const common = { folder: plan.folder, image, delivery, acceleration: plan.acceleration, say: plan.say };
  const main = await onServer({ ...common, dnfRefusals }, steps, plan);
  const failed = await onServer({ ...common, dnfRefusals: forever }, [failing], plan);
  return {
    steps: [...main.steps, ...failed.steps],
    seconds: secondsSince(began),
    refused: [...new Set([...main.refused, ...failed.refused])],
    folders: [...main.folders, ...failed.folders],
  };
}

/** What the deployment `production` delivers at home, bundled anew. */
function delivered(): Promise<Delivery> {
  return withTemporaryFolder('prove-server', async (outdir) => {
    const { stdout, stderr } = await synthesize({ deployment: 'production', site: 'home', outdir, validation: false });
    if (!existsSync(join(outdir, 'manifest.json'))) throw new ToolError(`synth: expected an assembly, got none:\n${stdout}${stderr}`);
    return deliveryOf(outdir, readStacks(outdir));
  });
}

/** Runs the steps on a server of their own until one fails. */
async function onServer(options: BenchOptions, todo: readonly Step[], { keep, say }: Plan): Promise<Omit<Proof, 'seconds'>> {
  const bench = await Bench.open(options);
  const end = (): void => {
    void bench.machine.kill();
    if (!keep) rmSync(bench.folder, { recursive: true, force: true });
    process.exit(130);
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  const results: StepResult[] = [];
  try {
    for (const step of todo) {
      say(`${step.name}: ${step.proves}`);
      const result = await runStep(step, bench);
      results.push(result);
      say(`${step.name}: ${result.failure ?? 'holds'} (${result.seconds} s)`);
      if (result.failure !== undefined) break;
    }
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    await bench.close(keep || results.at(-1)?.failure !== undefined);
  }
  return { steps: results, refused: bench.region.refused, folders: existsSync(bench.folder) ? [bench.folder] : [] };
}

async function runStep(step: Step, bench: Bench): Promise<StepResult> {
  const began = Date.now();
  const { name, proves } = step;
  try {
    const seen = await step.run(bench);
    return { name, proves, seconds: secondsSince(began), seen };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { name, proves, seconds: secondsSince(began), seen: [], failure };
  }
}

const secondsSince = (began: number): number => Math.round((Date.now() - began) / 1000);
