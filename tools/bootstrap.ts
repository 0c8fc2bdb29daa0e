// npm run bootstrap: writes the bootstrap template of a deployment, whose execution role has a boundary.
import { writeFileSync } from 'node:fs';
import { messageOf } from '../runtime/vpn/refusal';
import { namesOf, trustedBy } from './bootstrap/names';
import { options, targetOf, usage } from './bootstrap/options';
import { bootstrapTemplate } from './bootstrap/template';
import { runTool, ToolError, UsageError } from './command-line';
import { print } from './command-output';
import { configuredSite } from './configured-site';

runTool({ usage, options }, async ({ deployment = 'production', site: siteName = 'home', out, ...values }) => {
  if (siteName !== 'home' && siteName !== 'recovery') {
    throw new UsageError(`--site: expected home or recovery, got ${siteName}; choose one`);
  }
  if (out === undefined) throw new UsageError('--out: expected a file, got none; add it');
  const target = targetOf(configuredSite({ deployment, site: siteName }), values.account, values.administrator);
  write(out, `${JSON.stringify(bootstrapTemplate(target), undefined, 2)}\n`);
  const { region } = target.site;
  const command = `npx cdk bootstrap aws://${target.account}/${region} --template ${out} --termination-protection`;
  const result = {
    template: out,
    account: target.account,
    region,
    trusted: trustedBy(target),
    boundary: namesOf(target).boundary,
    command,
  };
  const text = [`template: ${out}`, ...result.trusted.map((arn) => `trusted:  ${arn}`), `run:      ${command}`].join('\n');
  print(values.json, result, text);
  return 0;
});

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new ToolError(`--out: expected a file that can be written, got ${messageOf(error)}; name another one`);
  }
}
