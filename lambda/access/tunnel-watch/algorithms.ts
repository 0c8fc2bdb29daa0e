// The algorithms that a tunnel may have, as the environment of the function states them. Pure.

/** Lists of a tunnel, each with its allowed values. */
export type ListName = 'ikeVersions' | 'encryption' | 'integrity' | 'groups';
export type TunnelAlgorithms = Readonly<Record<ListName, readonly string[]>>;

/** Reads `ikev2;AES256-GCM-16;SHA2-384,SHA2-512;19,20,21`: IKE versions, encryption, integrity, DH groups. */
export function readAlgorithms(text: string): TunnelAlgorithms {
  const [ikeVersions = [], encryption = [], integrity = [], groups = []] = text.split(';').map((list) => list.split(','));
  return { ikeVersions, encryption, integrity, groups };
}
