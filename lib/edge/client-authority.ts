// The authority whose client certificates the load balancer accepts behind Cloudflare.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TrustStore } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../config/file/problem';
import { serves } from '../labels/labels';

export interface ClientAuthorityProps {
  /**
   * Path of the PEM file within the project: `edge.cloudflare.clientCa`. Changing its content replaces the bundle of
   * the trust store. (TOM-4.11)
   */
  readonly file: string;
}

const certificate = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/;

/** The certificates are public; their private key remains with the authority. */
export class ClientAuthority extends TrustStore {
  constructor(scope: Construct, id: string, { file }: ClientAuthorityProps) {
    const path = resolve(file);
    checkCertificates(file, path);
    const asset = new Asset(scope, `${id}Certificates`, { path });
    super(scope, id, { bucket: asset.bucket, key: asset.s3ObjectKey });
    serves(this, 'TOM-4.11', 'DSS-6.8');
  }
}

/** Throws, so that a file that the load balancer would reject fails the synth rather than the deployment. */
function checkCertificates(file: string, path: string): void {
  const found = textOf(path);
  if (found !== undefined && certificate.test(found) && !found.includes('PRIVATE KEY')) return;
  const got = found === undefined ? 'no readable file' : found.includes('PRIVATE KEY') ? 'one with a private key' : 'no certificate';
  const expected = `a PEM file of certificates at ${file}`;
  throw new ConfigurationError([
    { where: 'edge.cloudflare.clientCa', expected, got, todo: 'put the certificates of your authority there' },
  ]);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
