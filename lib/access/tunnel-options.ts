// Algorithms of the tunnels of the Site-to-Site VPN, and the age of their keys.

/**
 * The strongest algorithms of Site-to-Site VPN, for both phases ("Tunnel options for your AWS Site-to-Site VPN
 * connection"). Diffie-Hellman groups 19 to 21 are elliptic curves of 256, 384 and 521 bits (RFC 5903). (TOM-3.1)
 */
export const tunnelAlgorithms = {
  ikeVersions: ['ikev2'],
  encryption: ['AES256-GCM-16'],
  integrity: ['SHA2-384', 'SHA2-512'],
  groups: [19, 20, 21],
} as const;

/** Days after which a pre-shared key is reported: a month before the year in which it is replaced. (TOM-3.10) */
export const longestTunnelKeyDays = 330;
