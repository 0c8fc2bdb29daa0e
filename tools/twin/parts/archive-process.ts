// The stand-in for the archive bucket: s3rver, an implementation of the S3 protocol, on a free or given port, with its
// objects in a folder.
import type { AddressInfo } from 'node:net';

interface S3Options {
  readonly address: string;
  readonly port: number;
  readonly silent: boolean;
  readonly directory: string;
  readonly configureBuckets: readonly { readonly name: string }[];
}
// A package without types.
const S3rver: new (options: S3Options) => { run(): Promise<AddressInfo> } = require('s3rver');

const [directory = '', bucket = '', port = '0'] = process.argv.slice(2);
const server = new S3rver({ address: '127.0.0.1', port: Number(port), silent: true, directory, configureBuckets: [{ name: bucket }] });
void server.run().then((address) => process.stdout.write(`${JSON.stringify({ event: 'listening', port: address.port })}\n`));
