import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { ClientAuthority } from '../../../lib/edge/client-authority';
import { clientCa } from '../stacks/edge-stack';

function build(file: string): Template {
  const stack = new Stack(new App(), 'example-edge');
  new ClientAuthority(stack, 'ClientAuthority', { file });
  return Template.fromStack(stack);
}

test('the file of the configuration is what the load balancer trusts', () => {
  build(clientCa).hasResourceProperties('AWS::ElasticLoadBalancingV2::TrustStore', {
    CaCertificatesBundleS3Bucket: { 'Fn::Sub': Match.stringLikeRegexp('^cdk-\\w+-assets-') },
    CaCertificatesBundleS3Key: Match.stringLikeRegexp('^[0-9a-f]{64}\\.pem$'),
  });
});

describe('a file that is none stops the synth', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rempart-ca-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // Put together here, so that no file of the project looks like it held a key.
  const key = ['-----BEGIN', 'PRIVATE KEY-----\nAAAA\n-----END', 'PRIVATE KEY-----'].join(' ');
  const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

  test.each([
    ['empty', '', 'something else'],
    ['other text', 'hello', 'something else'],
    ['a certificate that is cut off', '-----BEGIN CERTIFICATE-----\nAAAA\n', 'something else'],
    ['a key', `${key}\n`, 'one with a private key'],
    ['a certificate with its key', `${certificate}${key}\n`, 'one with a private key'],
  ])('%s', (name, text, got) => {
    const file = join(folder, `${name}.pem`);
    writeFileSync(file, text);
    expect(() => build(file)).toThrow(`edge.cloudflare.clientCa: expected a PEM file of certificates at ${file}, got ${got}; put the`);
  });

  test('or one that is not there', () => {
    expect(() => build(join(folder, 'missing.pem'))).toThrow('got no readable file');
    expect(() => build(folder)).toThrow('got no readable file');
  });
});
