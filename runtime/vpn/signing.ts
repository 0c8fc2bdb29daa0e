// Signs X.509 structures with a key that is elsewhere.
// Must be the first import: @peculiar/x509 requires it when it is loaded.
import 'reflect-metadata';
import { createPublicKey, verify, type webcrypto } from 'node:crypto';
import { refusal } from './refusal';
import type { SigningKey } from './signing-key';

/** Arguments of the generators of @peculiar/x509: a key and the algorithm, and a crypto object that signs with it. */
export interface Signing {
  readonly signingKey: webcrypto.CryptoKey;
  readonly signingAlgorithm: { readonly name: string; readonly hash: string };
  readonly crypto: webcrypto.Crypto;
}

export const signingAlgorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/**
 * Signs by `key`. Each signature is verified before it is used: a certificate or list with a wrong one would lock out
 * its readers.
 */
export function signingBy(key: SigningKey): Signing {
  const sign = async (_algorithm: unknown, _key: unknown, message: ArrayBuffer): Promise<ArrayBuffer> => {
    const bytes = Buffer.from(message);
    const signature = await key.sign(bytes);
    const publicKey = createPublicKey({ key: await key.publicKey(), format: 'der', type: 'spki' });
    if (!verify('sha256', bytes, publicKey, signature))
      throw refusal(key.name, 'a signature that its public key verifies', 'another one', 'check the key, and run the command again');
    return new Uint8Array(signature).buffer;
  };
  return {
    // The generators read the algorithm alone; the private key is elsewhere.
    signingKey: { type: 'private', algorithm: signingAlgorithm } as unknown as webcrypto.CryptoKey,
    signingAlgorithm,
    crypto: { subtle: { sign } } as unknown as webcrypto.Crypto,
  };
}
