// The app of bin/rempart.ts with the promises of BREAK broken in the code; broken-promise.test.ts runs it.
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { App, type Stack, Stack as StackClass } from 'aws-cdk-lib/core';
import { loadSite } from '../../lib/config/load';
import { buildDeployment } from '../../lib/deployment';
import { attachPacks } from '../../lib/tom/packs';

const app = new App();
const site = loadSite({ directory: 'config', deployment: 'production', site: 'home' });

const breaks: Record<string, (network: Stack, account: Stack) => void> = {
  'port-22': (network) =>
    new CfnSecurityGroup(network, 'Open', {
      groupDescription: 'Open to the world',
      securityGroupIngress: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIp: '0.0.0.0/0' }],
    }),
  'no-rotation': (_, account) => {
    for (const node of account.node.findAll()) if (node instanceof CfnKey) node.enableKeyRotation = false;
  },
  'no-encryption': (_, account) => {
    for (const node of account.node.findAll()) if (node instanceof CfnBucket) node.bucketEncryption = undefined;
  },
  'other-region': () => {
    const elsewhere = new StackClass(app, 'production-elsewhere', {
      env: { region: 'us-east-1' },
      description: 'A stack in another region',
    });
    new CfnKey(elsewhere, 'Key', { enableKeyRotation: true });
  },
};

buildDeployment(app, site);
const stack = (name: string) => app.node.findChild(name) as Stack;
for (const name of (process.env.BREAK ?? '').split(',')) breaks[name]?.(stack('production-network'), stack('production-account'));
const packs = attachPacks(app, site);
try {
  app.synth();
} finally {
  packs.writeEvidence(app.outdir, { packTimes: false });
}
