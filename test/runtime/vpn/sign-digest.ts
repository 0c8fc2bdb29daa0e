// A signature as AWS KMS makes it: only the digest of a message reaches the key.
import { constants, type KeyObject, privateEncrypt } from 'node:crypto';

/** DigestInfo of SHA-256 (RFC 8017, section 9.2, note 1). */
const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** RSASSA-PKCS1-v1_5 over a digest of SHA-256. */
export const signDigest = (digest: Uint8Array, key: KeyObject): Uint8Array =>
  new Uint8Array(privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.concat([digestInfo, digest])));
