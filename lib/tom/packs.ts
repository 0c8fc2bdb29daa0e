// Attaches the rule packs to the app and writes what they found into the assembly.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, type IPolicyValidationPlugin, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import type { Site } from '../config/site';
import { evidenceOf } from './evidence';
import { TomPack } from './pack';
import { register } from './register';
import { rules } from './rules/all';
import { factsOf } from './template/read-assembly';

/** File of the assembly that lists every rule with each resource it was asked about and the verdict. */
const evidenceFile = 'tom-evidence.json';

/** File of the assembly that gives each pack's time in milliseconds, for `npm run bench`. */
export const packTimesFile = 'pack-times.json';

export interface AttachedPacks {
  /** Writes the evidence of the last synth; with `packTimes`, also how long each pack took. */
  writeEvidence(outdir: string, options: { readonly packTimes: boolean }): void;
}

/** Registers the TOM pack and, beside it, AwsSolutions, NIST 800-53 R5, HIPAA and PCI DSS (DSS-4.2). */
export function attachPacks(app: App, site: Site): AttachedPacks {
  const tom = new TomPack(factsOf(site));
  const times: Record<string, number> = {};
  const packs = [tom, new AwsSolutionsChecks(), new NIST80053R5Checks(), new HIPAASecurityChecks(), new PCIDSS321Checks()];
  Validations.of(app).addPlugins(...packs.map((pack) => timePack(pack, times)));
  return {
    writeEvidence(outdir, { packTimes }) {
      writeFileSync(join(outdir, evidenceFile), `${JSON.stringify(evidenceOf(site, app, tom.judgement, rules, register), undefined, 2)}\n`);
      if (packTimes) writeFileSync(join(outdir, packTimesFile), `${JSON.stringify({ packs: times }, undefined, 2)}\n`);
    },
  };
}

/** The same pack, which notes how many milliseconds its validation took. */
function timePack(pack: IPolicyValidationPlugin, times: Record<string, number>): IPolicyValidationPlugin {
  return {
    name: pack.name,
    validate(context) {
      const start = performance.now();
      const report = pack.validate(context);
      times[pack.name] = performance.now() - start;
      return report;
    },
  };
}
