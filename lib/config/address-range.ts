// IPv4 ranges: their parts, and whether they are private or overlap.
import { IPv4 } from 'ipaddr.js';

/** An IPv4 range in the CIDR notation that the schema admits. */
export interface AddressRange {
  readonly text: string;
  readonly address: IPv4;
  /** Length of the prefix in bits; the smaller, the larger the range. */
  readonly prefix: number;
}

/**
 * The three blocks of RFC 1918. 100.64.0.0/10 is not among them: it is shared address space that providers use (RFC
 * 6598).
 */
const privateBlocks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(rangeOf);

/** Parses a range in valid CIDR notation. */
export function rangeOf(text: string): AddressRange {
  const [address, prefix] = IPv4.parseCIDR(text);
  return { text, address, prefix };
}

/** The range in canonical notation, with zeros after the prefix: 10.64.0.0/16 for 10.64.3.7/16. */
export function withoutHostBits({ text, prefix }: AddressRange): string {
  return `${IPv4.networkAddressFromCIDR(text).toString()}/${prefix}`;
}

/** A range as part of a name that has letters and digits alone: 192.168.40.0/24 is C0A82800x24. */
export const rangeLabel = ({ address, prefix }: AddressRange): string =>
  `${address.octets
    .map((octet) => octet.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()}x${prefix}`;

/** An address of the range by its number; 0 is that of the network. */
export function addressIn({ text }: AddressRange, number: number): string {
  const [first = 0, ...others] = IPv4.networkAddressFromCIDR(text).octets.toReversed();
  return [first + number, ...others].toReversed().join('.');
}

export function isPrivate(range: AddressRange): boolean {
  return privateBlocks.some((block) => range.prefix >= block.prefix && rangesOverlap(range, block));
}

/** Whether two ranges have an address in common: the larger one then contains the smaller one. */
export function rangesOverlap(a: AddressRange, b: AddressRange): boolean {
  return a.address.match(b.address, Math.min(a.prefix, b.prefix));
}
