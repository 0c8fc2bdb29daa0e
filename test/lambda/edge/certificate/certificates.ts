// Certificates for tests, and a small authority that signs them. Keys are generated once for a test file: RSA 4096
// takes a second.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  type PublicKeyType,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export const day = 86_400_000;

type Pair = webcrypto.CryptoKeyPair;
const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) };

export const keyTypes = {
  'RSA 4096': { ...rsa, modulusLength: 4096 },
  'RSA 2048': { ...rsa, modulusLength: 2048 },
  'RSA 3072': { ...rsa, modulusLength: 3072 },
  'EC P-256': { name: 'ECDSA', namedCurve: 'P-256' },
} as const;
export type KeyType = keyof typeof keyTypes;

const keys = new Map<KeyType, Promise<Pair>>();

/** The key of that type: one for all who ask in this process. */
export function keyOf(type: KeyType): Promise<Pair> {
  const pair = keys.get(type) ?? newKey(type);
  keys.set(type, pair);
  return pair;
}

/** A key that nobody else has. */
const newKey = async (type: KeyType): Promise<Pair> =>
  (await webcrypto.subtle.generateKey(keyTypes[type], true, ['sign', 'verify'])) as Pair;

export interface Wanted {
  readonly key?: KeyType;
  readonly names?: readonly string[];
  /** Days from now. @default 0 */
  readonly from?: number;
  /** Days from now. @default 90 */
  readonly until?: number;
}

export interface Made {
  readonly pem: string;
  readonly privateKey: string;
}

/** A self-signed certificate as it is wanted. */
export async function certificate({ key = 'RSA 4096', names = ['www.example.com'], from = -1, until = 90 }: Wanted = {}): Promise<Made> {
  const pair = await keyOf(key);
  const made = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=test',
    notBefore: new Date(Date.now() + from * day),
    notAfter: new Date(Date.now() + until * day),
    keys: pair,
    signingAlgorithm: { ...keyTypes[key], hash: 'SHA-256' },
    extensions: leafExtensions(names),
  });
  return { pem: made.toString('pem'), privateKey: await privatePem(pair) };
}

export const privatePem = async ({ privateKey }: Pair): Promise<string> =>
  PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');

const leafExtensions = (names: readonly string[]): Extension[] => [
  new BasicConstraintsExtension(false, undefined, true),
  new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
  new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
  new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
];

/** An authority with a root of its own. */
export class Authority {
  private constructor(
    readonly root: X509Certificate,
    private readonly pair: Pair,
  ) {}

  static async make(): Promise<Authority> {
    const pair = await keyOf('RSA 2048');
    const root = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=Test Authority',
      keys: pair,
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + 3650 * day),
      signingAlgorithm: keyTypes['RSA 2048'],
      extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)],
    });
    return new Authority(root, pair);
  }

  /** Certificate and root in one PEM, as authorities hand them out. */
  async sign(publicKey: PublicKeyType, names: readonly string[], days: number): Promise<string> {
    const leaf = await X509CertificateGenerator.create({
      subject: '',
      issuer: this.root.subject,
      publicKey,
      signingKey: this.pair.privateKey,
      signingAlgorithm: keyTypes['RSA 2048'],
      notBefore: new Date(Date.now() - 3_600_000),
      notAfter: new Date(Date.now() + days * day),
      extensions: leafExtensions(names),
    });
    return `${leaf.toString('pem')}\n${this.root.toString('pem')}\n`;
  }
}
