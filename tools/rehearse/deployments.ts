// Synthesizes a deployment in this process, without validation and packs: fast enough for one synth per setting.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import type { Site } from '../../lib/config/site';
import { buildDeployment } from '../../lib/deployment';
import { Assembly, type Template } from '../../lib/tom/template/assembly';
import { factsOf } from '../../lib/tom/template/read-assembly';
import { projectRoot } from '../synthesis/synthesize';
import { closure, type Deployed } from './deployed';

/** The templates of a site, as the app of this checkout builds them. */
export function build(site: Site): Deployed {
  const outdir = mkdtempSync(join(tmpdir(), 'rempart-rehearse-'));
  try {
    const app = new App({ outdir, context: { ...contextOfProject(), ...withoutFiles } });
    buildDeployment(app, site);
    const { stacks } = app.synth();
    const direct = new Map(stacks.map((stack) => [stack.id, stack.dependencies.map(({ id }) => id)]));
    const templates = stacks.map((stack) => ({
      name: stack.id,
      region: stack.environment.region,
      template: structuredClone(stack.template) as Template,
    }));
    return { assembly: new Assembly(factsOf(site), templates), earlier: closure(direct) };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Neither the validation of the library nor copies of the files that a deployment uploads. */
const withoutFiles = {
  '@aws-cdk/core:validateAgainstDefaultRules': false,
  'aws:cdk:disable-asset-staging': true,
  'aws:cdk:disable-creation-stack-traces': true,
  'aws:cdk:enable-path-metadata': false,
  'aws:cdk:disable-version-reporting': true,
};

let context: Readonly<Record<string, unknown>> | undefined;

function contextOfProject(): Readonly<Record<string, unknown>> {
  context ??= (JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> }).context;
  return context;
}
