// npm run vpn -- request: makes a private key and a certificate request at the person's machine.
// Must be the first import: @peculiar/x509 requires it when it is loaded.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { PemConverter, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { modulusBits } from '../../runtime/vpn/certificate-request';
import { checkPerson } from '../../runtime/vpn/names';
import { signingAlgorithm } from '../../runtime/vpn/signing';
import { checkNew, open, required, secret, writeNew } from '../command-files';
import { print } from '../command-output';
import { vpnCommand } from './vpn-command';

const usage = `npm run vpn -- request --person NAME --key FILE --request FILE [--json]

Makes a private key of RSA 2048 and a request for its certificate, on the machine of the person. The key stays there; the administrator
gets the request. Needs no credentials.

  --person NAME        the person, by login name or e-mail address in lower case
  --key FILE           new file for the private key, readable by its owner only
  --request FILE       new file for the request
  --json               print the result as JSON
  --help               print this text`;

const options = { person: { type: 'string' }, key: { type: 'string' }, request: { type: 'string' }, json: { type: 'boolean' } } as const;

export const requestCommand = vpnCommand({ usage, options }, async ({ json, ...values }) => {
  const person = checkPerson(required('--person', values.person));
  const [key, request] = [checkNew('--key', values.key), checkNew('--request', values.request)];
  const made = await makeRequest(person);
  writeNew({ path: key, text: made.privateKey, mode: secret }, { path: request, text: made.request, mode: open });
  print(json, { person, key, request }, `private key: ${key} (never send it)\nrequest:     ${request} (send it to the administrator)`);
  return 0;
});

/** A private key and a request signed by it, in PEM. */
export async function makeRequest(person: string): Promise<{ readonly privateKey: string; readonly request: string }> {
  const keys = await webcrypto.subtle.generateKey(
    { ...signingAlgorithm, publicExponent: new Uint8Array([1, 0, 1]), modulusLength: modulusBits },
    true,
    ['sign', 'verify'],
  );
  const request = await Pkcs10CertificateRequestGenerator.create({ name: [{ CN: [person] }], keys, signingAlgorithm });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { privateKey: `${PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`, request: `${request.toString('pem')}\n` };
}
