// DSS, chapter 6: web interface.
import { certificate } from '../rules/edge/certificate';
import { responseHeaders } from '../rules/edge/response-headers';
import { tlsPolicy } from '../rules/edge/tls-policy';
import { webFirewall } from '../rules/edge/web-firewall';
import type { Chapter } from './chapters';
import { hitsAtCloudflare } from './cloudflare';

export const dss6: Chapter<'DSS-6'> = {
  'DSS-6.1': {
    title: 'Each client sets its password options: classes, length, expiry, reuse, one change per 24 hours',
    promise:
      'Each site sets the character classes, length, expiry and reuse of passwords and may allow one change per 24 hours only. No ' +
      'setting is weaker than TOM-4.4, TOM-4.5 and TOM-4.6.',
    kind: 'technical',
    awaits: ['portal: password settings of each site, never weaker than TOM-4.4 to TOM-4.6'],
  },
  'DSS-6.2': {
    title: 'Two-factor sign-in is set for each role: SMS, authenticator app or e-mail',
    promise: 'Each site sets for each role whether a second factor is required, by SMS, authenticator app or e-mail.',
    kind: 'technical',
    awaits: ['portal: second factor by site and role'],
  },
  'DSS-6.3.1': {
    title: 'The duration of a session is a setting',
    promise: 'Each site sets how long a session lasts.',
    kind: 'technical',
    awaits: ['portal: duration of sessions by site'],
  },
  'DSS-6.3.2': {
    title: 'Log-off when the browser closes is a setting',
    promise: 'Each site sets whether closing the browser ends the session.',
    kind: 'technical',
    awaits: ['portal: log-off on closing the browser, by site'],
  },
  'DSS-6.4.1': {
    title: 'Password reset and change, sign-off, two-factor and API authentication are limited in rate',
    promise:
      'Rate rules at the edge and limits for each account apply to password reset and change, sign-off, the second factor and ' +
      'authentication to the API.',
    kind: 'technical',
    rules: [webFirewall],
    keptOutside: hitsAtCloudflare,
    awaits: ['portal: rate rules for its paths, and limits for each account'],
  },
  'DSS-6.4.2': {
    title: 'The rate limit and lock-out time of sign-in are settings',
    promise: 'Each site sets how many sign-ins may fail and for how long a lock-out lasts, counted for each account and each address.',
    kind: 'technical',
    awaits: ['portal: rate limit and lock-out by site, for each account and address'],
  },
  'DSS-6.5': {
    title: 'Access can be limited to a list of addresses for each client',
    promise: 'Each site may list IPv4 and IPv6 ranges from which it is reached. An empty list leaves it open.',
    kind: 'technical',
    awaits: ['portal: list of addresses by site'],
  },
  'DSS-6.6': {
    title: 'A CAPTCHA protects registration, as a setting for open or protected platforms',
    promise: 'The edge presents a CAPTCHA, or reCAPTCHA is verified before sign-up. When it cannot be verified, sign-up is refused.',
    kind: 'technical',
    awaits: ['edge: CAPTCHA on registration', 'portal: reCAPTCHA verification before sign-up, which fails closed'],
  },
  'DSS-6.7.1': {
    title: 'Responses carry security headers',
    promise:
      'Every response carries Referrer-Policy: strict-origin-when-cross-origin; X-Content-Type-Options: nosniff; X-XSS-Protection: 1; ' +
      'mode=block; and Strict-Transport-Security: max-age=15768000.',
    kind: 'technical',
    rules: [responseHeaders],
    provenBy: ['test/services/collector/http/answer.test.ts'],
    awaits: ['portal: Referrer-Policy and X-XSS-Protection on its responses'],
  },
  'DSS-6.7.2': {
    title: 'Further headers are optional for each client',
    promise: 'Each site may turn on X-Frame-Options: SAMEORIGIN and a Content-Security-Policy.',
    kind: 'technical',
    awaits: ['portal: optional headers by site'],
  },
  'DSS-6.8': {
    title: 'TLS uses a 4096-bit certificate, and weak connections are refused',
    promise:
      'The load balancer serves a 4096-bit certificate under a policy of TLS 1.3 and restricted TLS 1.2 with post-quantum key exchange, ' +
      'and rejects weaker connections.',
    kind: 'technical',
    rules: [tlsPolicy, certificate],
  },
  'DSS-6.9': {
    title: 'Anti-virus software scans all uploads and removes malicious files',
    promise:
      'Every bucket that receives uploads is under malware protection, and only objects that are tagged clean are read. An infected ' +
      'object is removed in all its versions, recorded and reported; one not scanned by its deadline raises an alarm.',
    kind: 'technical',
    awaits: [
      'transfer: malware protection on every bucket that receives uploads, and access to clean objects only',
      'transfer: removal, record and report of infected objects; alarm on unscanned ones',
    ],
  },
};
