// The parts that a command works with, from its options: those of AWS, or those in a folder.
import { ACMClient } from '@aws-sdk/client-acm';
import { EC2Client } from '@aws-sdk/client-ec2';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { S3Objects } from '../../runtime/object-store';
import { ClientVpnEndpoint, type VpnEndpoint } from '../../runtime/vpn/endpoint';
import { RegistryStore } from '../../runtime/vpn/registry-store';
import { KmsSigningKey, type SigningKey } from '../../runtime/vpn/signing-key';
import { UsageError } from '../command-line';
import { FolderEndpoint, FolderObjects, FolderServerCertificates, LocalSigningKey } from './local-folder';
import { AcmServerCertificates, type ServerCertificates } from './server-certificates';

/** Options that say where the parts are. */
export const placeOptions = {
  authority: { type: 'string' },
  registry: { type: 'string' },
  endpoint: { type: 'string' },
  region: { type: 'string' },
} as const;

export type Places = Readonly<Partial<Record<keyof typeof placeOptions, string>>>;

export const placeUsage = `  --authority PLACE    kms:KEY, a key in AWS KMS by id, ARN or alias, as in kms:alias/production-vpn; or
                       local:FOLDER, the key, registry and server files in a folder
  --registry PLACE     s3://BUCKET/KEY, the object with the registry; with local:FOLDER it is in the folder
  --endpoint ID        the Client VPN endpoint, as in cvpn-endpoint-0123456789abcdef0
  --region REGION      region of the registry, the endpoint and the key (that of the ARN, or of the AWS configuration)`;

const attempts = 3;

/** A service that does not answer is an error within seconds. */
const client = (region: string | undefined) => ({
  ...(region === undefined ? {} : { region }),
  maxAttempts: attempts,
  requestHandler: new NodeHttpHandler({ connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true }),
});

/** Name of the object of a registry in a folder. */
const registryFile = 'certificates.json';

const localFolder = (place: string | undefined): string | undefined => /^local:(.+)$/s.exec(place ?? '')?.[1];

/** The region of the options, or of the key. */
export const regionOf = ({ region, authority = '' }: Places): string | undefined =>
  region ?? /^kms:arn:[\w-]+:kms:([\w-]+):/.exec(authority)?.[1];

export function storeOf(places: Places): RegistryStore {
  const folder = localFolder(places.authority) ?? localFolder(places.registry);
  if (folder !== undefined) return new RegistryStore(new FolderObjects(folder), registryFile, `${folder}/${registryFile}`);
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(places.registry ?? '') ?? [];
  if (bucket === undefined || key === undefined) throw missing('--registry', 's3://BUCKET/KEY', places.registry);
  return new RegistryStore(new S3Objects(new S3Client(client(regionOf(places))), bucket), key, `s3://${bucket}/${key}`);
}

export function keyOf(places: Places): SigningKey {
  const folder = localFolder(places.authority);
  if (folder !== undefined) return new LocalSigningKey(folder);
  const [, keyId] = /^kms:(\S+)$/.exec(places.authority ?? '') ?? [];
  if (keyId === undefined) throw missing('--authority', 'kms:KEY or local:FOLDER', places.authority);
  return new KmsSigningKey(new KMSClient(client(regionOf(places))), keyId);
}

/** The endpoint, or undefined if the command line names none. */
export function findEndpoint(places: Places): VpnEndpoint | undefined {
  const folder = localFolder(places.authority);
  if (folder !== undefined) return new FolderEndpoint(folder);
  if (places.endpoint === undefined) return undefined;
  if (!/^cvpn-endpoint-[0-9a-f]+$/.test(places.endpoint)) throw missing('--endpoint', 'the id of a Client VPN endpoint', places.endpoint);
  return new ClientVpnEndpoint(new EC2Client(client(regionOf(places))), places.endpoint);
}

export function endpointOf(places: Places): VpnEndpoint {
  const found = findEndpoint(places);
  if (!found) throw missing('--endpoint', 'the id of a Client VPN endpoint', undefined);
  return found;
}

export function serverCertificatesOf(places: Places, deployment: string): ServerCertificates {
  const folder = localFolder(places.authority);
  return folder === undefined
    ? new AcmServerCertificates(new ACMClient(client(regionOf(places))), deployment)
    : new FolderServerCertificates(folder);
}

/** The folder of a local authority, which `init` creates. */
export const localFolderOf = ({ authority }: Places): string | undefined => localFolder(authority);

/** The client that reads the host name of an endpoint. */
export const ec2Of = (places: Places): EC2Client => new EC2Client(client(regionOf(places)));

const missing = (option: string, expected: string, got: string | undefined): UsageError =>
  new UsageError(`${option}: expected ${expected}, got ${got === undefined ? 'none' : JSON.stringify(got)}; add it`);
