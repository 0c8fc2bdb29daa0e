// Subjects of the bench: production, an empty CDK app on the same toolchain, and production with a broken
// configuration.
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { appProcess, projectRoot } from '../../synthesis/synthesize';
import type { Command } from './measure';

const production = { deployment: 'production', site: 'home' } as const;

/** `cdk synth -q` of the app in `cwd`, without the CLI's network requests. */
export function cdkSynth(cwd: string, outdir: string, validation: boolean): Command {
  return {
    command: process.execPath,
    args: [join(projectRoot, 'node_modules/aws-cdk/bin/cdk'), 'synth', '--quiet', '--no-notices', '--output', outdir],
    cwd,
    env: {
      ...withoutCdk(process.env),
      CI: 'true',
      CDK_DISABLE_VERSION_CHECK: '1',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...(validation ? {} : { CDK_VALIDATION: 'false' }),
    },
  };
}

function withoutCdk(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS|CDK)_/.test(name)));
}

/**
 * Writes an app of one stack with one resource without effect (the validation refuses a stack without resources), with
 * the flags and the app command of this project, and returns its folder.
 */
export function emptyApp(folder: string): string {
  const root = projectFolder(join(folder, 'empty'));
  const config = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8')) as { app: string };
  writeFileSync(join(root, 'cdk.json'), JSON.stringify({ ...config, app: config.app.replace('bin/rempart.ts', 'app.ts') }));
  writeFileSync(join(root, 'app.ts'), emptyAppSource);
  return root;
}

const emptyAppSource = `
import { App, CfnWaitConditionHandle, Stack } from 'aws-cdk-lib/core';
const stack = new Stack(new App(), 'Empty', { env: { region: 'eu-west-3' } });
new CfnWaitConditionHandle(stack, 'Nothing');
`;

/** The app with a configuration that names an unknown region, a wrong type and an unknown key. */
export function brokenConfiguration(folder: string): Command {
  const root = projectFolder(join(folder, 'broken'));
  cpSync(join(projectRoot, 'config'), join(root, 'config'), { recursive: true });
  const file = join(root, 'config', 'production.yaml');
  const settings = parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, stringify({ ...settings, region: 'us-east-1', account: 12, regoin: 'eu-west-3' }));
  return app(join(folder, 'broken-out'), { workingDirectory: root });
}

/** The app alone, without the CLI, with a record of the time of each pack. */
export function appWithPackTimes(outdir: string): Command {
  return app(outdir, { context: { packTimes: true } });
}

function app(outdir: string, extra: { workingDirectory?: string; context?: Record<string, unknown> }): Command {
  const { command, args, options } = appProcess({ ...production, outdir, validation: false, ...extra });
  return { command, args, ...options };
}

/** A folder from which Node resolves the packages of this project. */
function projectFolder(root: string): string {
  mkdirSync(root, { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'package.json'), '{ "private": true }');
  return root;
}
