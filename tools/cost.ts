// npm run cost: the cost of a deployment in a month, from its synthesized templates and the price table.
import { beforeLake } from '../lib/cost/before-lake';
import type { Changes } from '../lib/cost/estimate';
import { estimate } from '../lib/cost/estimate';
import { pulled, savings } from '../lib/cost/levers';
import { type CostedStack, resourcesOf, withoutBackups } from '../lib/cost/resources';
import { scale } from '../lib/cost/scale';
import { type HitsLiveIn, shapeOf } from '../lib/cost/shape';
import type { Load } from '../lib/cost/traffic';
import { runTool, ToolError, UsageError } from './command-line';
import { print } from './command-output';
import { comparison } from './cost/comparison';
import { estimateValue, savingsValue } from './cost/json';
import { assumptionsText, estimateText, leversText } from './cost/print';
import { leverNames, options, readRequest } from './cost/request';
import { scaleText } from './cost/scale-table';
import { readStacks } from './synthesis/assembly';
import { synthesize } from './synthesis/synthesize';
import { withTemporaryFolder } from './synthesis/synthesize-sites';

const usage = `npm run cost [-- options]

Synthesizes a deployment and estimates its cost in one month: by stack and resource type, and for a million hits. Prices are on demand, in
US dollars, without tax, support and commitments; nothing is measured on an account. Nothing is deployed, and no credentials are needed.

  --hits-per-second <n>   the rate, all day and all month; 0 is an idle deployment [default: 2000]
  --sites <n>             number of sites [default: 200]
  --hits-per-request <n>  hits that a request carries [default: 1]
  --month <n>             month since the first hit; 1 is the first [default: the one after keepMonths whole months, 26]
  --deployment <name>     file of config/ [default: production]
  --site <name>           home or recovery [default: home]
  --hits-in <place>       lake, or database for every hit there, as before the lake [default: that of the templates]
  --with <levers>         pull levers, separated by commas: ${leverNames.slice(0, 5).join(', ')},
                          ${leverNames.slice(5, 10).join(', ')},
                          ${leverNames.slice(10).join(', ')}
  --without-backups       leave out the stacks backup and recovery: copies of the database are whole, twice a day
  --levers                the saving of each lever alone, and what it gives up
  --scale                 size, bottleneck and cost at 100 to 1,000,000 hits a second
  --table                 the table of the README: before the lake, now and with levers, at idle to 20,000 hits a second, in the first
                          month and after keepMonths, without backups
  --assumptions           every assumption with its source
  --json                  print the result as JSON
  --help                  print this text

Exit code: 0 for a result, 1 if the templates have a resource type without a price, 2 for a mistake in the command line.`;

runTool({ usage, options }, async (values) => {
  const request = readRequest(values);
  const { view } = request;
  if (view === 'assumptions') {
    print(values.json, ...assumptionsText());
    return 0;
  }
  const all = await stacksOf(request.deployment, request.site);
  const stacks = values['without-backups'] === true ? withoutBackups(all) : all;
  const shown = refusing(() => {
    const { keepMonths } = shapeOf(resourcesOf(stacks));
    const load = { ...request.load, month: request.month ?? keepMonths + 1 };
    return views[view](stacks, load, pulled(stacks, load, request.with, changesOf(request.place, keepMonths)));
  });
  print(values.json, shown.value, shown.text);
  return 0;
});

interface Shown {
  readonly value: unknown;
  readonly text: string;
}

const views: Readonly<
  Record<'estimate' | 'levers' | 'scale' | 'table', (stacks: readonly CostedStack[], load: Load, changes: Changes) => Shown>
> = {
  estimate(stacks, load, changes) {
    const found = estimate(stacks, load, changes);
    return { value: estimateValue(found), text: estimateText(found) };
  },
  levers(stacks, load, changes) {
    const found = estimate(stacks, load, changes);
    const saved = savings(stacks, load, changes);
    return { value: { ...estimateValue(found), levers: savingsValue(saved) }, text: `${estimateText(found)}\n\n${leversText(saved)}` };
  },
  scale(stacks, load, changes) {
    const rows = scale(stacks, load, changes);
    return { value: rows, text: scaleText(rows) };
  },
  table(stacks, load) {
    const { rows, text } = comparison(stacks, load.sites);
    return { value: rows, text };
  },
};

/** The database is the what-if of a deployment before the lake; the lake is that of the templates. */
function changesOf(place: HitsLiveIn | undefined, keepMonths: number): Changes {
  if (place === 'database') return beforeLake(keepMonths);
  return place === undefined ? {} : { shape: { hitsLiveIn: place } };
}

/** An error of the model names its remedy: the message suffices. */
function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ToolError((error as Error).message);
  }
}

async function stacksOf(deployment: string, site: string): Promise<readonly CostedStack[]> {
  if (site !== 'home' && site !== 'recovery') throw new UsageError(`--site: expected home or recovery, got ${site}; choose one`);
  return withTemporaryFolder('cost', async (folder) => {
    const { status, stdout, stderr } = await synthesize({ deployment, site, outdir: folder, validation: false });
    if (status !== 0) throw new ToolError(stderr || stdout || `synth: expected exit code 0, got ${status}; run npx cdk synth`);
    return readStacks(folder);
  });
}
