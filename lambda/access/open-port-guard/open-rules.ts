// Which rules of security groups admit the internet. Pure.
import { isIP } from 'node:net';
import type { SecurityGroupRule } from '@aws-sdk/client-ec2';

/**
 * Shortest prefix of a public range that counts as the network of one organization, as in the rule
 * `world-open-ingress` of the templates. A wider range admits the internet, or a part of it: the world split into
 * halves is the world. (DSS-5.6.3)
 */
const shortestPrefix = { 4: 24, 6: 48 } as const;

/** The ports on which proxies admit the internet, over TCP alone. (DSS-5.6.3) */
const proxyPorts: readonly number[] = [80, 443];

/** Whether a range is wider than one network and not private; a text that is no range counts as wide. */
export function isWide(cidr: string): boolean {
  const [address = '', length = '', ...rest] = cidr.split('/');
  const family = isIP(address);
  const prefix = Number(length);
  if ((family !== 4 && family !== 6) || rest.length > 0 || !/^\d{1,3}$/.test(length)) return true;
  return prefix < shortestPrefix[family] && !isPrivate(address, family, prefix);
}

/** RFC 1918 and RFC 4193. A range that only begins in a private one is not private. */
function isPrivate(address: string, family: 4 | 6, prefix: number): boolean {
  if (family === 6) return /^f[cd][0-9a-f]{2}:/i.test(address) && prefix >= 7;
  const [first, second = 0] = address.split('.').map(Number);
  if (first === 10) return prefix >= 8;
  if (first === 172) return second >= 16 && second < 32 && prefix >= 12;
  return first === 192 && second === 168 && prefix >= 16;
}

/**
 * Whether a rule is one of the openings that DSS-5.6.3 promises: TCP 80 or 443 of the proxies, and no range of ports.
 */
export function isProxyRule({ GroupId, IpProtocol, FromPort, ToPort }: SecurityGroupRule, proxyGroup: string): boolean {
  const isTcp = IpProtocol === 'tcp' || IpProtocol === '6';
  return GroupId === proxyGroup && isTcp && FromPort === ToPort && proxyPorts.includes(FromPort ?? -1);
}

/** The ranges that a rule names itself. */
export const rangesOf = ({ CidrIpv4, CidrIpv6 }: SecurityGroupRule): readonly string[] =>
  [CidrIpv4, CidrIpv6].filter((range) => range !== undefined);

/** A rule in words, as in `tcp 22 from 0.0.0.0/0`. */
export function ruleText({ IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId }: SecurityGroupRule): string {
  const ports = IpProtocol === '-1' || FromPort === undefined ? '' : ` ${FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`}`;
  return `${IpProtocol === '-1' ? 'all traffic' : IpProtocol}${ports} from ${CidrIpv4 ?? CidrIpv6 ?? PrefixListId ?? 'a group'}`;
}
