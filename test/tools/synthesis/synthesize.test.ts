// The app runs as with the CLI, and independent of the machine.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { appProcess, projectRoot, siteLabel } from '../../../tools/synthesis/synthesize';

const request = { deployment: 'staging', site: 'recovery', outdir: 'out', validation: true } as const;
const contextOf = (extra: object = {}) => JSON.parse(appProcess({ ...request, ...extra }).options.env.CDK_CONTEXT_JSON ?? '');

describe('the environment', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  test('has no credentials and no leftovers of the CDK', () => {
    Object.assign(process.env, {
      AWS_PROFILE: 'somebody',
      CDK_DEFAULT_ACCOUNT: '111111111111',
      CDK_VALIDATION: 'false',
      PATH_OF_OURS: 'kept',
    });
    const { env } = appProcess(request).options;
    expect(
      Object.keys(env)
        .filter((name) => /^(AWS|CDK)_/.test(name))
        .sort(),
    ).toEqual(['CDK_CONTEXT_JSON', 'CDK_OUTDIR']);
    expect(env.PATH_OF_OURS).toBe('kept');
  });

  test('turns the validation of the library off on request', () => {
    expect(appProcess({ ...request, validation: false }).options.env.CDK_VALIDATION).toBe('false');
  });
});

test('the context is that of cdk.json, the deployment and the site', () => {
  expect(contextOf()).toMatchObject({ deployment: 'staging', site: 'recovery', '@aws-cdk/core:defaultCrossStackReferences': 'strong' });
});

test('further context is added, but does not change the deployment or the site', () => {
  expect(contextOf({ context: { packTimes: true, deployment: 'other' } })).toMatchObject({ packTimes: true, deployment: 'staging' });
});

test('the app is the one of cdk.json, in any working directory', () => {
  const { command, args, options } = appProcess({ ...request, workingDirectory: '/elsewhere' });
  const loader = pathToFileURL(require.resolve('tsx')).href;
  expect([command, ...args]).toEqual([process.execPath, '--import', loader, join(projectRoot, 'bin/rempart.ts')]);
  expect(options.cwd).toBe('/elsewhere');
});

test('sites have labels', () => {
  expect([siteLabel({ deployment: 'staging', site: 'home' }), siteLabel(request)]).toEqual(['staging', 'staging-recovery']);
});
