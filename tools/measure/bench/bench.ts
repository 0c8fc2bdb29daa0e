// The figures of the bench: what a synth of production costs beside an empty app, what the packs take, how soon an error comes.
import { join } from 'node:path';
import { packTimesFile } from '../../../lib/tom/packs';
import { ToolError } from '../../command-line';
import { readJson } from '../../synthesis/assembly';
import { projectRoot } from '../../synthesis/synthesize';
import { type Command, type Cost, type Measurement, measure, type Spread, spread } from './measure';
import { appWithPackTimes, brokenConfiguration, cdkSynth, emptyApp } from './subjects';

/** How much longer than the empty app a synth of production may take. */
const ratioAim = 2.5;
/** The part of a synth that the TOM pack may take. */
const tomShareAim = 0.1;
/** Seconds of CPU within which a broken configuration is told. */
const firstErrorAim = 1;

export interface Aimed {
  readonly value: number;
  readonly aim: number;
  readonly met: boolean;
}

export interface CostSpread {
  readonly wall: Spread;
  readonly cpu: Spread;
}

export interface SynthFigures {
  readonly validation: boolean;
  readonly empty: CostSpread;
  readonly production: CostSpread;
  /** Median of production over median of the empty app. */
  readonly wallRatio: Aimed;
  readonly cpuRatio: Aimed;
}

export interface Figures {
  readonly runs: number;
  readonly node: string;
  readonly synth: readonly SynthFigures[];
  /** Milliseconds of each pack, and its share of the app's wall time without CLI and validation; medians. */
  readonly packs: Readonly<Record<string, { readonly milliseconds: number; readonly share: number }>>;
  readonly tomShare: Aimed;
  readonly firstError: Aimed & { readonly cost: CostSpread; readonly message: string };
}

export interface BenchRequest {
  readonly runs: number;
  /** Takes assemblies and logs. */
  readonly folder: string;
  readonly progress: (text: string) => void;
}

/** Measures everything, `runs` times each. Throws if a command does not end as it should. */
export function bench({ runs, folder, progress }: BenchRequest): Figures {
  const meter = new Meter(folder, runs, progress);
  const empty = emptyApp(folder);
  const out = join(folder, 'out');
  const both = [false, true].flatMap((validation) => [
    { name: `empty app, validation ${onOff(validation)}`, command: cdkSynth(empty, out, validation) },
    { name: `production, validation ${onOff(validation)}`, command: cdkSynth(projectRoot, out, validation) },
  ]);
  const costs = meter.alternate(both);
  const broken = meter.alternate([{ name: 'broken configuration', command: brokenConfiguration(folder), fails: true }]);
  const [synthOff, synthOn] = [costs.slice(0, 2), costs.slice(2)];
  return {
    runs,
    node: process.version,
    synth: [synthFigures(false, synthOff), synthFigures(true, synthOn)],
    ...packFigures(meter, join(folder, 'packs')),
    firstError: firstError(broken[0] ?? []),
  };
}

export const onOff = (value: boolean): string => (value ? 'on' : 'off');

interface Subject {
  readonly name: string;
  readonly command: Command;
  /** Whether the command is meant to fail. */
  readonly fails?: boolean;
  /** Looks at what a run has left behind. */
  readonly after?: (measurement: Measurement) => void;
}

class Meter {
  constructor(
    private readonly folder: string,
    private readonly runs: number,
    private readonly progress: (text: string) => void,
  ) {}

  /** Measures the subjects in turn, so that what else the machine does falls on all of them alike. */
  alternate(subjects: readonly Subject[]): readonly (readonly Measurement[])[] {
    const results: Measurement[][] = subjects.map(() => []);
    for (let run = 1; run <= this.runs; run++) {
      for (const [index, subject] of subjects.entries()) {
        this.progress(`run ${run} of ${this.runs}: ${subject.name}`);
        results[index]?.push(this.once(subject));
      }
    }
    return results;
  }

  private once({ name, command, fails = false, after }: Subject): Measurement {
    const result = measure(command, join(this.folder, 'log'));
    if ((result.status !== 0) !== fails) {
      throw new ToolError(`${name}: expected the command to ${fails ? 'fail' : 'succeed'}, got exit ${result.status}:\n${result.output}`);
    }
    after?.(result);
    return result;
  }
}

function synthFigures(validation: boolean, [emptyCosts = [], productionCosts = []]: readonly (readonly Cost[])[]): SynthFigures {
  const empty = costSpread(emptyCosts);
  const production = costSpread(productionCosts);
  const ratio = (key: keyof CostSpread): Aimed => compareWithAim(production[key].median / empty[key].median, ratioAim);
  return { validation, empty, production, wallRatio: ratio('wall'), cpuRatio: ratio('cpu') };
}

function packFigures(meter: Meter, outdir: string): Pick<Figures, 'packs' | 'tomShare'> {
  const samples: { readonly wall: number; readonly packs: Readonly<Record<string, number>> }[] = [];
  const after = ({ wall }: Measurement): void => {
    const { packs } = readJson(join(outdir, packTimesFile)) as { packs: Record<string, number> };
    samples.push({ wall: wall * 1000, packs });
  };
  meter.alternate([{ name: 'time of each pack', command: appWithPackTimes(outdir), after }]);
  const names = Object.keys(samples[0]?.packs ?? {});
  const packs = Object.fromEntries(
    names.map((name) => {
      const milliseconds = spread(samples.map(({ packs: times }) => times[name] ?? 0)).median;
      const share = spread(samples.map(({ packs: times, wall }) => (times[name] ?? 0) / wall)).median;
      return [name, { milliseconds, share }];
    }),
  );
  return { packs, tomShare: compareWithAim(packs.TOM?.share ?? Number.NaN, tomShareAim) };
}

function firstError(measurements: readonly Measurement[]): Figures['firstError'] {
  const cost = costSpread(measurements);
  const message = measurements[0]?.output.split('\n').find((line) => line.trim() !== '') ?? '';
  return { ...compareWithAim(cost.cpu.median, firstErrorAim), cost, message };
}

const costSpread = (costs: readonly Cost[]): CostSpread => ({
  wall: spread(costs.map(({ wall }) => wall)),
  cpu: spread(costs.map(({ cpu }) => cpu)),
});

const compareWithAim = (value: number, aim: number): Aimed => ({ value, aim, met: value <= aim });
